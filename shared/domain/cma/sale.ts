import * as z from "zod/mini";

/** A calendar day, YYYY-MM-DD. */
export const Day = z
  .string()
  .check(z.regex(/^\d{4}-\d{2}-\d{2}$/), z.meta({ format: "date", examples: ["2026-05-01"] }));

/** What makes homes alike: sizes in square feet, `bathrooms` in quarters, `condition` 1..5, degrees WGS 84. */
export const Home = z.object({
  id: z.optional(z.string()),
  address: z.optional(z.string()),
  lat: z.number(),
  lon: z.number(),
  property_type: z.optional(z.string()),
  bedrooms: z.optional(z.number()),
  bathrooms: z.optional(z.number()),
  size_sqft: z.optional(z.number()),
  lot_sqft: z.optional(z.number()),
  year_built: z.optional(z.number()),
  condition: z.optional(z.number()),
});
export type Home = z.infer<typeof Home>;

/** The home to be valued; an `id` keeps its own earlier sales out of the evidence. */
export const Subject = Home;
export type Subject = Home;

/** A closed sale; `sale_date` is the contract date where it is known, prices are in the market's currency. */
export const Sale = z.extend(Home, {
  id: z.string(),
  sale_date: Day,
  /** ISO 4217; the analysis's own where it is not known. */
  currency: z.optional(z.string()),
  price: z.number().check(z.positive()),
  list_price: z.optional(z.number().check(z.positive())),
  days_on_market: z.optional(z.number().check(z.nonnegative())),
});
export type Sale = z.infer<typeof Sale>;

const millisecondsPerDay = 86_400_000;
export const daysPerYear = 365.25;

/** Days since 1970 of a date written YYYY-MM-DD. */
export function dayOf(date: string): number {
  return Date.UTC(+date.slice(0, 4), +date.slice(5, 7) - 1, +date.slice(8, 10)) / millisecondsPerDay;
}

/** The date, YYYY-MM-DD, of a day that `dayOf` answered. */
export function dateOf(day: number): string {
  return new Date(day * millisecondsPerDay).toISOString().slice(0, 10);
}

/** Land and commercial property compare with their own kind only; every other type is a home. */
export function kindOf(home: Pick<Home, "property_type">): string {
  return home.property_type === "land" || home.property_type === "commercial" ? home.property_type : "home";
}
