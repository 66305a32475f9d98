import * as z from "zod/mini";
import { StoredFields } from "./api-key.ts";
import { grant } from "./permissions.ts";
import { moment, text, timestamp } from "./schemas.ts";

/** An API key as listed: the key itself is shown once, when it is made. */
export const ApiKey = z.extend(StoredFields, {
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
