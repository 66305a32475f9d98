import * as z from "zod/mini";
import { recordFields, text } from "./schemas.ts";
import { Person } from "./user.ts";

/** A brokerage's name in addresses: lower-case letters, digits and inner hyphens. */
export const slug = z
  .string()
  .check(
    z.minLength(2),
    z.maxLength(60),
    z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters, digits and single hyphens"),
    z.meta({ examples: ["emerald"] }),
  );

const name = text(200).check(z.meta({ examples: ["Emerald City Homes"] }));

/** The tenant: every record belongs to one. */
export const Brokerage = z.object({
  ...recordFields,
  name: z.string().check(z.meta({ examples: ["Emerald City Homes"] })),
  slug: z.string().check(z.meta({ examples: ["emerald"] })),
});

/** What signing up takes: the brokerage and its first admin. */
export const NewBrokerage = z.strictObject({ name, slug, admin: Person });

export const BrokeragePatch = z.strictObject({ name: z.optional(name) });
