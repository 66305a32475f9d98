import { createHash } from "node:crypto";
import { ttl } from "../data/records.ts";
import { versioned } from "../data/schema.ts";
import type { Item, Key, PutWrite } from "../data/table.ts";
import { answerKey } from "../data/users.ts";
import type { Invocation } from "../domain/invocation.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import type { Claims } from "./session.ts";

const hoursKept = 24;

/** The answer kept for one Idempotency-Key: the body of success, never a token or a signed URL. */
export interface KeptAnswer extends Key {
  readonly fingerprint: string;
  readonly body: unknown;
  readonly kept_until: string;
}

/** One use of an Idempotency-Key: where its answer is kept, and what makes a request the same request. */
export interface Attempt {
  readonly key: Key;
  readonly fingerprint: string;
}

/** Reads the header; undefined when it was not sent. */
export function attempt(
  header: string | undefined,
  claims: Claims,
  operationId: string,
  path: string,
  rawBody: string,
): Attempt | undefined {
  if (header === undefined) return undefined;
  if (!/^[\x20-\x7e]{1,255}$/.test(header))
    throw invalidInput("Idempotency-Key", "must be 1 to 255 printable ASCII characters");
  return {
    key: answerKey(claims.brokerage_id, claims.user_id, operationId, header),
    fingerprint: createHash("sha256").update(`${path}\n${rawBody}`).digest("base64url"),
  };
}

/** The body of the first answer; 422 when the first request was another one. An expired answer is none. */
export function replay(
  kept: Item | undefined,
  { fingerprint }: Attempt,
  now: Date,
): { body: unknown } | undefined {
  const answer = kept as KeptAnswer | undefined;
  if (!answer || answer.kept_until <= now.toISOString()) return undefined;
  if (answer.fingerprint !== fingerprint) throw new Problem("idempotency_key_reused");
  return { body: answer.body };
}

/** Keeps the answer in the same transaction as the effect: both stand or neither does. */
export function keep({ key, fingerprint }: Attempt, body: unknown, { now, written }: Invocation): PutWrite {
  const until = new Date(now.getTime() + hoursKept * 3_600_000);
  return {
    Put: {
      Item: versioned("answer", {
        ...key,
        fingerprint,
        body,
        kept_until: until.toISOString(),
        ttl: ttl(until),
        written,
      }),
      // DynamoDB removes expired items late: an expired answer is in nobody's way.
      ConditionExpression: "attribute_not_exists(pk) OR kept_until <= :now",
      ExpressionAttributeValues: { ":now": now.toISOString() },
    },
    ifConditionFails: "request_in_progress",
  };
}
