import { createHmac, hkdfSync } from "node:crypto";
import { ttl } from "../data/records.ts";
import { withSchemaVersion } from "../data/schema.ts";
import type { Item, Key, PutWrite } from "../data/table.ts";
import { answerKey } from "../data/users.ts";
import type { Invocation } from "../domain/invocation.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import type { Claims } from "./session.ts";

const hoursKept = 24;

/** The answer kept for one Idempotency-Key: the body of success, never a token or a signed URL. */
interface KeptAnswer extends Key {
  readonly fingerprint: string;
  readonly body: unknown;
  /** Whether the body was erased with a person that it named. */
  readonly is_erased?: true;
  readonly kept_until: string;
}

/** A request with an Idempotency-Key: where its answer is kept, and the fingerprint that identifies a repeat. */
export interface IdempotentRequest {
  readonly key: Key;
  readonly fingerprint: string;
}

/** Where the answer for a key is kept; undefined without one, and for a header that `attempt` refuses. */
export const keptAnswerKey = (
  header: string | undefined,
  claims: Claims,
  operationId: string,
): Key | undefined =>
  header !== undefined && /^[\x20-\x7e]{1,255}$/.test(header)
    ? answerKey(claims, operationId, header)
    : undefined;

/** The parts of a request that its fingerprint covers: path and If-Match as sent, and the body's text. */
interface Said {
  readonly path: string;
  readonly ifMatch: string | undefined;
  readonly body: string;
}

/** The request with its Idempotency-Key; undefined without the header, 400 when the header is invalid. */
export function idempotentRequest(
  header: string | undefined,
  key: Key | undefined,
  said: Said,
  cursorKey: string,
): IdempotentRequest | undefined {
  if (header === undefined) return undefined;
  if (!key) throw invalidInput("Idempotency-Key", "must be 1 to 255 printable ASCII characters");
  return { key, fingerprint: fingerprint(said, cursorKey) };
}

/** Made under a key derived from the brokerage's: a body may hold a password, which a plain hash would let one guess. */
function fingerprint({ path, ifMatch, body }: Said, cursorKey: string): string {
  const key = new Uint8Array(hkdfSync("sha256", cursorKey, "", "request fingerprints", 32));
  const said = JSON.stringify([path, ifMatch, canonical(body)]);
  return createHmac("sha256", key).update(said).digest("base64url");
}

/** One text for all spellings of the same JSON: order of members, spaces, escapes and numbers. No body is `{}`. */
function canonical(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body.trim() || "{}"), sorted);
  } catch {
    // Not JSON, or nested too deeply: no operation accepts it, so the text itself is compared.
    return body;
  }
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The body of the first answer; undefined when there is none or it has expired. 422 when the request differs, 410 once erased. */
export function readKeptAnswer(
  kept: Item | undefined,
  { fingerprint }: IdempotentRequest,
  now: Date,
): { body: unknown } | undefined {
  const answer = kept as KeptAnswer | undefined;
  if (!answer || answer.kept_until <= now.toISOString()) return undefined;
  if (answer.fingerprint !== fingerprint) throw new Problem("idempotency_key_reused");
  if (answer.is_erased) throw new Problem("erased");
  return { body: answer.body };
}

/** The write that keeps the answer, in the same transaction as the effect: both are stored or neither is. */
export function keepAnswer(
  { key, fingerprint }: IdempotentRequest,
  body: unknown,
  { now, written }: Invocation,
): PutWrite {
  const until = new Date(now.getTime() + hoursKept * 3_600_000);
  return {
    Put: {
      Item: withSchemaVersion("answer", {
        ...key,
        fingerprint,
        body,
        kept_until: until.toISOString(),
        ttl: ttl(until),
        written,
      }),
      // DynamoDB removes expired items late: an expired answer may be overwritten.
      ConditionExpression: "attribute_not_exists(pk) OR kept_until <= :now",
      ExpressionAttributeValues: { ":now": now.toISOString() },
    },
    ifConditionFails: "request_in_progress",
  };
}
