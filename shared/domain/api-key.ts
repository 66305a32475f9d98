import * as z from "zod/mini";
import { hasEnded, type RoleGrant } from "./access.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields, timestamp } from "./schemas.ts";

/** How many API keys a brokerage may have. */
export const maxApiKeys = 50;

/**
 * How many requests a minute an API key may make. One in ten is counted, as ten: over a key's whole use the count is
 * right on average, and a key is refused after some 400 to 800 requests of a minute.
 */
export const keyLimit = { requests: 600, countedOneIn: 10 } as const;

/** Minutes for which a key's `last_used_at` may lag behind. */
export const lastUsedMinutes = 60;

/** What is stored of a key and listed. What is sent and answered has a file of its own: every function bundles this one. */
export const StoredFields = z.object({
  ...recordFields,
  name: z.string().check(z.meta({ examples: ["Website"] })),
  owner_user_id: id.check(z.describe("Who made it: it acts as this user, within its grants")),
  grants: z
    .array(z.string().check(z.meta({ examples: ["property:read:brokerage"] })))
    .check(z.describe("What it may do, as far as its maker may do it at that moment")),
  expires_at: z.nullable(timestamp),
});

/** API keys in the table: of the key itself its hash. */
export const apiKeyRecord = recordType({
  name: "api_key",
  schema: 1,
  guard: "api_key",
  fields: StoredFields,
  listed: StoredFields,
  internal: internalFields<{
    /** SHA-256 of the whole key, base64url. */
    readonly hash: string;
  }>(),
  lists: ["brokerage", "owner"],
  hoursDeleted: 24,
});
export type StoredApiKey = RecordOf<typeof apiKeyRecord>;

/** Whether a key may be used: it has not expired, and its maker has been active ever since. */
export const isLiveKey = (
  { created_at, expires_at }: Pick<StoredApiKey, "created_at" | "expires_at">,
  { is_active, active_since = "" }: { readonly is_active: boolean; readonly active_since?: string },
  now: Date,
): boolean => is_active && created_at >= active_since && !hasEnded(expires_at ?? undefined, now);

/** What a key may do, as grants. */
export const grantsOf = ({ grants }: Pick<StoredApiKey, "grants">) => grants as readonly RoleGrant[];
