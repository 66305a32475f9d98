import * as z from "zod/mini";
import { hasEnded, type RoleGrant } from "./access.ts";
import { grant } from "./permissions.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { id, moment, recordFields, text, timestamp } from "./schemas.ts";

/** How many API keys a brokerage may have. */
export const maxApiKeys = 50;

/**
 * How many requests a minute an API key may make. One in ten is counted, as ten: over a key's whole use the count is
 * right on average, and a key is refused after some 400 to 800 requests of a minute.
 */
export const keyLimit = { requests: 600, countedOneIn: 10 } as const;

/** Minutes for which a key's `last_used_at` may lag behind. */
export const lastUsedMinutes = 60;

const stored = z.object({
  ...recordFields,
  name: z.string().check(z.meta({ examples: ["Website"] })),
  owner_user_id: id.check(z.describe("Who made it: it acts as this user, within its grants")),
  grants: z
    .array(z.string().check(z.meta({ examples: ["property:read:brokerage"] })))
    .check(z.describe("What it may do, as far as its maker may do it at that moment")),
  expires_at: z.nullable(timestamp),
});

/** An API key as listed: the key itself is shown once, when it is made. */
export const ApiKey = z.extend(stored, {
  last_used_at: z.nullable(timestamp).check(z.describe("May lag behind by an hour")),
});
export type ApiKey = z.output<typeof ApiKey>;

/** An API key that was made just now. */
export const CreatedApiKey = z.extend(ApiKey, {
  key: z.nullable(z.string()).check(
    z.meta({
      description:
        "The key, shown this once: send it as Authorization: Bearer <key>. Null when the request is repeated with its " +
        "Idempotency-Key: no key is stored",
      examples: [`gable_${"A".repeat(112)}`],
    }),
  ),
});

/** What making an API key takes. */
export const NewApiKey = z.strictObject({
  name: text(100).check(z.meta({ examples: ["Website"] })),
  grants: z.array(grant).check(z.minLength(1), z.maxLength(100)),
  expires_at: z.optional(
    moment("When it ends; without, it stays until it is revoked").check(
      z.meta({ examples: ["2036-03-07T01:00:00Z"] }),
    ),
  ),
});

/** API keys in the table: of the key itself its hash. */
export const apiKeyRecord = recordType({
  name: "api_key",
  schema: 1,
  guard: "api_key",
  fields: stored,
  listed: stored,
  internal: internalFields<{
    /** SHA-256 of the whole key, base64url. */
    readonly hash: string;
  }>(),
  lists: ["brokerage", "owner"],
  hoursDeleted: 24,
});
export type StoredApiKey = RecordOf<typeof apiKeyRecord>;

/** Whether a key may be used: it has not expired, and its maker is active. */
export const isLiveKey = (
  { expires_at }: Pick<StoredApiKey, "expires_at">,
  maker: { readonly is_active: boolean },
  now: Date,
): boolean => maker.is_active && !hasEnded(expires_at ?? undefined, now);

/** What a key may do, as grants. */
export const grantsOf = ({ grants }: Pick<StoredApiKey, "grants">) => grants as readonly RoleGrant[];
