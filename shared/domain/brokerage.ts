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

/** A colour as #rrggbb, in lower case. */
const color = z.pipe(
  z
    .string()
    .check(
      z.regex(/^#[0-9a-fA-F]{6}$/, "must be a colour as #rrggbb"),
      z.meta({ examples: ["#0b5d57"], description: "The colour of its reports; null for Gable's own" }),
    ),
  z.transform((value) => value.toLowerCase()),
);

const name = text(200).check(z.meta({ examples: ["Emerald City Homes"] }));

/** The tenant: every record belongs to one. */
export const Brokerage = z.object({
  ...recordFields,
  name: z.string().check(z.meta({ examples: ["Emerald City Homes"] })),
  slug: z.string().check(z.meta({ examples: ["emerald"] })),
  // A brokerage that was stored before there were colours has none.
  accent_color: z._default(
    z.nullable(
      z
        .string()
        .check(z.meta({ examples: ["#0b5d57"], description: "The colour of its reports, as #rrggbb" })),
    ),
    null,
  ),
});

/** What signing up takes: the brokerage and its first admin. */
export const NewBrokerage = z.strictObject({ name, slug, admin: Person });

export const BrokeragePatch = z.strictObject({
  name: z.optional(name),
  accent_color: z.optional(z.nullable(color)),
});
