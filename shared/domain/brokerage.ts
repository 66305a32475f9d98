import * as z from "zod/mini";
import { type RecordOf, recordType } from "./record-type.ts";
import { recordFields, slug, text } from "./schemas.ts";
import { Person } from "./user.ts";

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

const name = text(200).check(z.meta({ examples: ["Emerald City Realty"] }));

/** The tenant: every record belongs to one. */
export const Brokerage = z.object({
  ...recordFields,
  name: z.string().check(z.meta({ examples: ["Emerald City Realty"] })),
  slug: z.string().check(z.meta({ examples: ["emerald-city-realty"] })),
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

/** Brokerages in the table: each in its own partition, and in the deployment's directory by its slug. */
export const brokerageRecord = recordType({
  name: "brokerage",
  schema: 1,
  guard: "brokerage",
  fields: Brokerage,
  listed: Brokerage,
  lists: [],
  unique: [
    {
      name: "slug",
      problem: "slug_taken",
      over: "deployment",
      valuesOf: ({ slug }) => [slug],
      also: ({ slug, created_at }) => ({ ...directory, at: created_at, listed: { slug } }),
    },
  ],
});
export type StoredBrokerage = RecordOf<typeof brokerageRecord>;

/** Where the index of kinds lists all brokerages, for what runs over the whole deployment. */
export const directory = { brokerage_id: "deployment", kind: "brokerage" } as const;
