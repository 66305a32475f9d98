import * as z from "zod/mini";
import { type Caller, worksHere } from "./access.ts";
import { postalAddress } from "./contact.ts";
import { assignedTeam, ownerFields } from "./ownership.ts";
import { amount, currency, date, decimal, id, moment, recordFields, text, timestamp } from "./schemas.ts";

export const propertyTypes = [
  "house",
  "condo",
  "townhouse",
  "multi_family",
  "land",
  "commercial",
  "other",
] as const;
export type PropertyType = (typeof propertyTypes)[number];

export const propertyStatuses = ["active", "under_offer", "sold", "rented"] as const;
export type PropertyStatus = (typeof propertyStatuses)[number];

/** What `under_offer` means in RESO's StandardStatus: still shown to others, or off the market until it closes. */
export const contractStatuses = ["active_under_contract", "pending"] as const;

/** Quarters; zod's own multipleOf takes 1e-158 for one. */
const quarters = (min: number, max: number, description: string) =>
  z.number().check(
    z.gte(min),
    z.lte(max),
    z.refine<number>((value) => Number.isInteger(value * 4), "must be a multiple of 0.25"),
    z.meta({ description, multipleOf: 0.25 }),
  );

const whole = (min: number, max: number, description: string) =>
  z.int().check(z.gte(min), z.lte(max), z.describe(description));

const latitude = decimal(-90, 90, 7, "Degrees north, WGS 84");
const longitude = decimal(-180, 180, 7, "Degrees east, WGS 84");

/** Where a property stands. */
export const Location = z
  .strictObject({ lat: latitude, lng: longitude })
  .check(z.meta({ examples: [{ lat: 47.6205, lng: -122.3493 }] }));

/** What may be known of a property; null where it is not. Named as in the RESO Data Dictionary, in snake_case. */
const details = z.strictObject({
  description: z.nullable(text(10_000, "What anyone may read (RESO PublicRemarks)")),
  private_remarks: z.nullable(
    text(10_000, "For the brokerage alone: no client gets it (RESO PrivateRemarks)"),
  ),
  ...postalAddress,
  location: z.nullable(Location),
  bedrooms: z.nullable(whole(0, 1000, "Bedrooms in all; odd values, such as 33, are kept")),
  bathrooms: z.nullable(quarters(0, 1000, "In quarters: 2.5 has one half bath")),
  size_sqft: z.nullable(decimal(1, 1e9, 2, "Living area in square feet")),
  lot_sqft: z.nullable(decimal(1, 1e12, 2, "Lot in square feet")),
  year_built: z.nullable(whole(1000, 2200, "The year in which it was built")),
  condition: z.nullable(whole(1, 5, "From 1 (poor) to 5 (very good)")),
  contract_status: z.nullable(
    z
      .enum(contractStatuses)
      .check(z.describe("While under offer: active_under_contract (default) or pending")),
  ),
  contract_date: z.nullable(
    date.check(z.describe("Day of the purchase contract or lease; not while active")),
  ),
  close_price: z.nullable(amount("What it sold or let for; a sale without it is in no market analysis")),
  close_date: z.nullable(date.check(z.describe("Day on which the sale or lease closed"))),
  source_system: z.nullable(text(100, "Where the record was imported from")),
  source_key: z.nullable(text(100, "Its id there")),
});

type Details = z.output<typeof details>;

/** The details of a property of which nothing is known. */
export const nothingKnown = Object.fromEntries(
  Object.keys(details.shape).map((name) => [name, null]),
) as Record<keyof Details, null>;

const title = text(200).check(z.meta({ examples: ["Craftsman near Green Lake"] }));
const property_type = z.enum(propertyTypes);
const price = amount("The asking price, in `currency`").check(z.meta({ examples: [725_000] }));
const status = z.enum(propertyStatuses);
const listedAt = moment("When it came on the market: ISO 8601 in UTC");
const internet_display = z
  .boolean()
  .check(z.describe("Whether anyone may read it (RESO InternetEntireListingDisplayYN)"));
const internet_address_display = z
  .boolean()
  .check(z.describe("And where it is (RESO InternetAddressDisplayYN)"));

/** A property as answered. */
export const Property = z.object({
  ...recordFields,
  ...ownerFields,
  title,
  property_type,
  status,
  price,
  currency,
  original_price: z.number().check(z.describe("The first asking price")),
  listed_at: timestamp,
  internet_display,
  internet_address_display,
  ...details.shape,
});
export type Property = z.output<typeof Property>;

/** What creating a property takes: title, type and price; everything else may follow. */
export const NewProperty = z.extend(z.partial(details), {
  title,
  property_type,
  price,
  currency: z.optional(currency),
  status: z.optional(status),
  owner_user_id: z.optional(id.check(z.describe("The agent; default: the caller"))),
  team_id: z.optional(assignedTeam),
  original_price: z.optional(amount("The first asking price; default: `price`")),
  listed_at: z.optional(listedAt),
  internet_display: z.optional(internet_display),
  internet_address_display: z.optional(internet_address_display),
});
export type NewProperty = z.output<typeof NewProperty>;

/** A merge patch of a property: null removes what may be absent; a location keeps the half that is not sent. */
export const PropertyPatch = z.extend(z.partial(details), {
  title: z.optional(title),
  property_type: z.optional(property_type),
  price: z.optional(price),
  currency: z.optional(currency),
  status: z.optional(status),
  owner_user_id: z.optional(id),
  team_id: z.optional(assignedTeam),
  internet_display: z.optional(internet_display),
  internet_address_display: z.optional(internet_address_display),
  location: z.optional(z.nullable(z.strictObject({ lat: z.optional(latitude), lng: z.optional(longitude) }))),
});
export type PropertyPatch = z.output<typeof PropertyPatch>;

/** The property as a caller may read it. */
export const readBy = <P extends Property>(caller: Pick<Caller, "role">, property: P): P =>
  worksHere(caller) ? property : { ...property, private_remarks: null };

const summary = {
  ...recordFields,
  ...ownerFields,
  team_id: z.optional(id),
  title: z.string(),
  address: z.optional(z.string()),
  city: z.optional(z.string()),
  state_or_province: z.optional(z.string()),
  postal_code: z.optional(z.string()),
  location: z.optional(Location),
  property_type,
  bedrooms: z.optional(z.number()),
  bathrooms: z.optional(z.number()),
  size_sqft: z.optional(z.number()),
  price: z.number(),
  currency: z.string(),
  status,
  close_price: z.optional(z.number()),
  close_date: z.optional(date),
};

/** What of a property is stored for lists: what is not known is left out. */
export const ListedProperty = z.object({
  ...summary,
  /** The media that is its primary photo. */
  photo_id: z.optional(id),
  internet_display: z.optional(z.boolean()),
  internet_address_display: z.optional(z.boolean()),
});
export type ListedProperty = z.output<typeof ListedProperty>;

/** What lists show of a property: what is not known is left out; `distance_km` where it was looked for by place. */
export const PropertySummary = z.object({
  ...summary,
  photo: z
    .nullable(z.string())
    .check(
      z.describe(
        "The primary photo, 320 pixels: an address that stays while the photo is there, without a sign-in",
      ),
    ),
  distance_km: z.optional(z.number()),
});
export type PropertySummary = z.output<typeof PropertySummary>;

/** A change of a property's status or price: what it went to, and what it was before. */
export const PropertyStep = z.object({
  version: z.int(),
  changed_at: timestamp,
  changed_by: z.string().check(z.describe("User id, or the name of the worker")),
  status,
  previous_status: status,
  price: z.number(),
  previous_price: z.number(),
});
export type PropertyStep = z.output<typeof PropertyStep>;
