import { createHash, timingSafeEqual } from "node:crypto";
import { apiKeyRecord, keyLimit, lastUsedMinutes, maxApiKeys } from "../domain/api-key.ts";
import type { ApiKey } from "../domain/api-key-answers.ts";
import { Problem } from "../domain/problem.ts";
import { policyKey } from "./brokerages.ts";
import { recordKey } from "./record-item.ts";
import type { Item, TableReader, UpdateWrite } from "./table.ts";

/** Whom an API key names: its brokerage, its maker and itself. */
export interface ApiKeyName {
  readonly brokerage_id: string;
  readonly user_id: string;
  readonly api_key_id: string;
}

const prefix = "gable_";
const idBytes = 16;
const nameBytes = 3 * idBytes;
/** Random bytes in a key: too many to be guessed, so that a plain hash is enough to keep. */
export const secretBytes = 32;
const checkBytes = 4;

/**
 * The text of an API key: "gable_", then base64url of brokerage, maker and key (16 bytes each), 32 random bytes and 4
 * bytes of checksum, by which a mistyped key is refused without a read.
 */
export function apiKeyText({ brokerage_id, user_id, api_key_id }: ApiKeyName, secret: Uint8Array): string {
  const name = Buffer.from([brokerage_id, user_id, api_key_id].join("").replaceAll("-", ""), "hex");
  const body = Buffer.concat([name, secret]);
  return prefix + Buffer.concat([body, checksum(body)]).toString("base64url");
}

/** Whom a key names; undefined for what is no key, or a mistyped one. Reads nothing. */
export function readApiKey(text: string): ApiKeyName | undefined {
  const encoded = text.slice(prefix.length);
  const bytes = Buffer.from(encoded, "base64url");
  const body = bytes.subarray(0, nameBytes + secretBytes);
  if (!text.startsWith(prefix) || bytes.length !== nameBytes + secretBytes + checkBytes) return undefined;
  if (bytes.toString("base64url") !== encoded || !checksum(body).equals(bytes.subarray(body.length)))
    return undefined;
  const [brokerage_id, user_id, api_key_id] = [0, 1, 2].map((at) =>
    bytes
      .toString("hex", at * idBytes, (at + 1) * idBytes)
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
  ) as [string, string, string];
  return { brokerage_id, user_id, api_key_id };
}

const checksum = (body: Uint8Array) => createHash("sha256").update(body).digest().subarray(0, checkBytes);

/** What is stored of a key: the hash of all of it, so that none of the ids in it can be replaced. */
export const apiKeyHash = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Whether a key is the one that a hash was made of. */
export const isOfHash = (text: string, hash: string): boolean =>
  timingSafeEqual(Buffer.from(apiKeyHash(text)), Buffer.from(hash));

export const apiKeyItemKey = ({ brokerage_id, api_key_id }: Omit<ApiKeyName, "user_id">) =>
  recordKey(brokerage_id, apiKeyRecord, api_key_id);

/** Counts the brokerage's keys in its policy: one more is made only below the limit. */
export const countApiKey = (brokerageId: string, by: 1 | -1): UpdateWrite => ({
  Update: {
    Key: policyKey(brokerageId),
    UpdateExpression: "ADD api_keys :by",
    ConditionExpression: "attribute_exists(pk) AND (attribute_not_exists(api_keys) OR api_keys < :below)",
    ExpressionAttributeValues: { ":by": by, ":below": by > 0 ? maxApiKeys : maxApiKeys + 1 },
  },
  ifConditionFails: "limit_reached",
});

/** What is kept of a key's use beside its record. */
interface KeyUse {
  readonly last_used_at?: string;
  /** The minute in which requests were counted last, and how many. */
  readonly used_minute?: string;
  readonly used_requests?: number;
}

/** The attributes of a key's item that its use changes, of which alone every function may write. */
export const useAttributes = ["last_used_at", "used_minute", "used_requests"] as const;

/** Throws 429 for a key that has made the requests of its minute. */
export function checkLimit(item: Item, now: Date): void {
  const { used_minute, used_requests = 0 } = item as KeyUse;
  if (used_minute !== minuteOf(now) || used_requests < keyLimit.requests) return;
  const seconds = String(60 - now.getUTCSeconds());
  throw new Problem(
    "too_many_requests",
    `This API key has made its ${keyLimit.requests} requests of this minute: wait as long as Retry-After says`,
    {
      headers: {
        "retry-after": seconds,
        "ratelimit-limit": String(keyLimit.requests),
        "ratelimit-remaining": "0",
        "ratelimit-reset": seconds,
      },
    },
  );
}

/** The write that notes a key's use at a request; undefined for the nine of ten that need none. */
export function useOf(item: Item, { now, id }: { now: Date; id: string }): UpdateWrite | undefined {
  const { last_used_at = "", used_minute } = item as KeyUse;
  const minute = minuteOf(now);
  const isCounted = Number.parseInt(id.slice(-6), 16) % keyLimit.countedOneIn === 0;
  const lately = new Date(now.getTime() - lastUsedMinutes * 60_000).toISOString();
  if (!isCounted && last_used_at > lately) return undefined;
  const isSameMinute = used_minute === minute;
  return {
    Update: {
      Key: { pk: item.pk, sk: item.sk },
      UpdateExpression: isSameMinute
        ? "SET last_used_at = :now ADD used_requests :counted"
        : "SET last_used_at = :now, used_minute = :minute, used_requests = :counted",
      // Another request may have begun the minute meanwhile: then this one is not counted.
      ConditionExpression: isSameMinute
        ? "used_minute = :minute"
        : "attribute_exists(pk) AND (attribute_not_exists(used_minute) OR used_minute < :minute)",
      ExpressionAttributeValues: {
        ":now": now.toISOString(),
        ":minute": minute,
        ":counted": isCounted ? keyLimit.countedOneIn : 0,
      },
    },
  };
}

const minuteOf = (now: Date) => now.toISOString().slice(0, 16);

/** Keys as listed, each with its last use, from their items. */
export async function withLastUse(
  table: TableReader,
  brokerage_id: string,
  keys: readonly Omit<ApiKey, "last_used_at">[],
): Promise<ApiKey[]> {
  if (keys.length === 0) return [];
  const items = await table.getMany(keys.map(({ id }) => apiKeyItemKey({ brokerage_id, api_key_id: id })));
  return keys.map((key, at) => ({
    ...key,
    last_used_at: (items[at] as KeyUse | undefined)?.last_used_at ?? null,
  }));
}
