import * as z from "zod/mini";
import { AiBudget, defaultAiBudget } from "./ai-budget.ts";
import { phone, postalAddress, storedTimeZone, timeZone } from "./contact.ts";
import { directory } from "./directory.ts";
import { Picture, pictureAt, StoredPicture } from "./picture.ts";
import { type RecordOf, recordType } from "./record-type.ts";
import { currency, recordFields, slug, text } from "./schemas.ts";
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

/** The office: what it prints, and what its days and prices are in. */
const office = z.strictObject({
  phone: z.nullable(phone),
  ...postalAddress,
  license_number: z.nullable(text(50)),
  time_zone: timeZone,
  currency,
  public_listings: z
    .boolean()
    .check(z.describe("Whether anyone may read its listings that are on the market, without a sign-in")),
});

const fields = z.object({
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
  ...office.shape,
  time_zone: storedTimeZone,
  ai_budget: z.optional(AiBudget),
  logo: z.nullable(StoredPicture),
});

/** The tenant: every record belongs to one. */
export const Brokerage = z.extend(fields, { logo: z.nullable(Picture) });

/** What signing up takes: the brokerage and its first admin. */
export const NewBrokerage = z.strictObject({ name, slug, admin: Person });

export const BrokeragePatch = z.extend(z.partial(office), {
  name: z.optional(name),
  accent_color: z.optional(z.nullable(color)),
  ai_budget: z.optional(z.partial(AiBudget)),
});

/** A brokerage that begins. */
export const newBrokerage = ({ id, name, slug }: Pick<z.output<typeof fields>, "id" | "name" | "slug">) =>
  ({
    ...{ id, name, slug, time_zone: "America/Los_Angeles", currency: "USD", public_listings: false },
    ai_budget: defaultAiBudget,
  }) as const;

/** What of a brokerage is answered, without a URL of the logo. */
export const withoutUrl = (brokerage: StoredBrokerage) => ({
  ...brokerage,
  logo: pictureAt(brokerage.logo, null),
});

/** What of a brokerage may be kept with an answer. */
export const answeredOf = (brokerage: StoredBrokerage): z.output<typeof fields> => fields.parse(brokerage);

/** Brokerages in the table: each in its own partition, and in the deployment's directory by its slug. */
export const brokerageRecord = recordType({
  name: "brokerage",
  schema: 2,
  guard: "brokerage",
  fields,
  listed: fields,
  assumed: { ai_budget: defaultAiBudget },
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
