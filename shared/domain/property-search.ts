import * as z from "zod/mini";
import { listedStatuses } from "./access.ts";
import { type Box, isWithin, widthOf } from "./geo.ts";
import { type ListedProperty, propertyStatuses, propertyTypes } from "./property.ts";
import { id, instant, listQuery, queryInteger, queryNumber, text, updatedSince } from "./schemas.ts";
import { searchTakesNoSort, searchText } from "./search-text.ts";
import { areAmong, soughtIn, wordsIn } from "./words.ts";

const sortFields = ["created_at", "updated_at", "price", "bedrooms"] as const;
export type SortField = (typeof sortFields)[number];
const sorts = sortFields.flatMap((field) => [field, `-${field}`] as const);

const degrees = (most: string, below: string) => `-?(?:${most}(?:\\.0{1,10})?|(?:${below})(?:\\.\\d{1,10})?)`;
const lat = degrees("90", "[1-8]?\\d");
const lng = degrees("180", "1[0-7]\\d|\\d{1,2}");
const pair = new RegExp(`^${lat}, ?${lng}$`);
const corners = new RegExp(`^${lat}, ?${lng}, ?${lat}, ?${lng}$`);

/** Degrees that a box on the map may be high and wide. */
const mostDegrees = 20;

/** A box as it is written in a query: south,west,north,east. */
export function boxIn(bounds: string): Box {
  const [south = 0, west = 0, north = 0, east = 0] = bounds.split(",").map(Number);
  return { south, west, north, east };
}

/** Whether south is below north and no side is too long. Text that names no corners has a message of its own. */
const isBox = (bounds: string | undefined): boolean => {
  if (bounds === undefined || !corners.test(bounds)) return true;
  const box = boxIn(bounds);
  const height = box.north - box.south;
  return height > 0 && height <= mostDegrees && widthOf(box) > 0 && widthOf(box) <= mostDegrees;
};

/** Filters by a least and a most. */
type Bounds = Partial<Record<`${"min" | "max"}_${"price" | "bedrooms" | "size_sqft"}`, number | undefined>>;

const facts = {
  property_type: z.optional(z.enum(propertyTypes)),
  city: z.optional(text(100, "The full name; upper and lower case are the same")),
  min_price: z.optional(queryNumber(0, 1e12, "The least price")),
  max_price: z.optional(queryNumber(0, 1e12, "The highest price")),
  min_bedrooms: z.optional(queryInteger(0, 1000, "The fewest bedrooms")),
  max_bedrooms: z.optional(queryInteger(0, 1000, "The most bedrooms")),
  min_bathrooms: z.optional(queryNumber(0, 1000, "The fewest bathrooms")),
  min_size_sqft: z.optional(queryNumber(0, 1e9, "The least living area in square feet")),
  max_size_sqft: z.optional(queryNumber(0, 1e9, "The largest living area in square feet")),
};

/** Refuses a least above its most. */
const bounded = (["price", "bedrooms", "size_sqft"] as const).map((of) =>
  z.refine<Bounds>(
    ({ [`min_${of}` as const]: min, [`max_${of}` as const]: max }) =>
      min === undefined || max === undefined || min <= max,
    { path: [`max_${of}`], error: `must not be below min_${of}` },
  ),
);

const publicSorts = ["created_at", "-created_at", "price", "-price", "bedrooms", "-bedrooms"] as const;

/** What the public list of listings takes. */
export const PublicPropertyQuery = z
  .strictObject({
    ...listQuery,
    status: z.optional(z.enum(listedStatuses)),
    ...facts,
    sort: z.optional(z.enum(publicSorts).check(z.describe("Default -created_at; - means descending"))),
  })
  .check(...bounded);
export type PublicPropertyQuery = z.output<typeof PublicPropertyQuery>;

/** What the list of properties takes. */
export const PropertyQuery = z
  .strictObject({
    ...listQuery,
    status: z.optional(z.enum(propertyStatuses)),
    ...facts,
    owner_user_id: z.optional(id.check(z.describe("One agent's listings"))),
    near: z.optional(
      z.string().check(
        z.regex(pair, "must be lat,lng in degrees"),
        z.meta({
          description: "Sorts by the distance to lat,lng; takes no sort",
          examples: ["47.62,-122.35"],
        }),
      ),
    ),
    radius_km: z.optional(queryNumber(0.01, 50, "Radius around near in kilometres; default 50")),
    bounds: z.optional(
      z.string().check(
        z.regex(corners, "must be south,west,north,east in degrees"),
        z.meta({
          description: `What lies on a part of the map, at most ${mostDegrees} degrees high and wide; takes no sort`,
          examples: ["47.60,-122.45,47.70,-122.30"],
        }),
      ),
    ),
    q: searchText("title, address, city and postal code; of an imported sale in its address"),
    updated_since: updatedSince,
    sort: z.optional(z.enum(sorts).check(z.describe("Default -created_at; - means descending"))),
  })
  .check(
    ...bounded,
    z.refine(({ near, radius_km }) => radius_km === undefined || near !== undefined, {
      path: ["radius_km"],
      error: "needs near: send both",
    }),
    z.refine(({ near, sort }) => near === undefined || sort === undefined, {
      path: ["sort"],
      error: "cannot be combined with near, which sorts by distance",
    }),
    searchTakesNoSort,
    z.refine(({ bounds }) => isBox(bounds), {
      path: ["bounds"],
      error: `must go from south to north and from west to east, at most ${mostDegrees} degrees each`,
    }),
    z.refine(({ bounds, sort }) => bounds === undefined || sort === undefined, {
      path: ["sort"],
      error: "cannot be combined with bounds, which go over the map",
    }),
  );
export type PropertyQuery = z.output<typeof PropertyQuery>;

export type FilterName = Exclude<keyof PropertyQuery, "limit" | "cursor" | "near" | "radius_km" | "sort">;

type Predicate = (summary: ListedProperty) => boolean;

/** A predicate for every filter in the query, by the filter's name. */
export function filtersOf(query: PropertyQuery): ReadonlyMap<FilterName, Predicate> {
  const { status, property_type, city, min_price, max_price, min_bedrooms, max_bedrooms, q } = query;
  const { min_bathrooms, min_size_sqft, max_size_sqft, owner_user_id } = query;
  const box = query.bounds === undefined ? undefined : boxIn(query.bounds);
  const since = query.updated_since && instant(query.updated_since);
  const sought = q === undefined ? undefined : soughtIn(q, { phones: false });
  const all: Record<FilterName, Predicate> = {
    status: (property) => property.status === status,
    property_type: (property) => property.property_type === property_type,
    city: (property) => property.city?.toLowerCase() === city?.toLowerCase(),
    min_price: ({ price }) => price >= min_price!,
    max_price: ({ price }) => price <= max_price!,
    min_bedrooms: ({ bedrooms }) => bedrooms !== undefined && bedrooms >= min_bedrooms!,
    max_bedrooms: ({ bedrooms }) => bedrooms !== undefined && bedrooms <= max_bedrooms!,
    min_size_sqft: ({ size_sqft }) => size_sqft !== undefined && size_sqft >= min_size_sqft!,
    max_size_sqft: ({ size_sqft }) => size_sqft !== undefined && size_sqft <= max_size_sqft!,
    owner_user_id: (property) => property.owner_user_id === owner_user_id,
    bounds: ({ location }) =>
      location !== undefined && isWithin({ lat: location.lat, lon: location.lng }, box!),
    min_bathrooms: ({ bathrooms }) => bathrooms !== undefined && bathrooms >= min_bathrooms!,
    q: (property) => {
      const { title, address, city, postal_code } = property;
      return areAmong(sought?.all ?? [], wordsIn([title, address, city, postal_code].join(" ")));
    },
    updated_since: ({ updated_at }) => updated_at >= since!,
  };
  const asked = (Object.keys(all) as FilterName[]).filter((name) => query[name] !== undefined);
  return new Map(asked.map((name) => [name, all[name]]));
}
