import { listedStatuses } from "./access.ts";
import { geohash } from "./geo.ts";
import type { ImportMark, UndoMark } from "./import.ts";
import { ListedProperty, Property, type PropertyStatus, propertyStatuses } from "./property.ts";
import { type IndexAttributes, internalFields, type RecordOf, recordType } from "./record-type.ts";
import type { Searched } from "./words.ts";

interface Marked {
  /** What the import that wrote it last left on it; an edit keeps it. */
  readonly import?: ImportMark | undefined;
  readonly undone?: UndoMark | undefined;
  /** The media that is its primary photo: written by `shared/effects/primary-photo.ts` alone, which makes no version. */
  readonly photo_id?: string | undefined;
}

/** Properties in the table: in every list that `listProperties` sorts or filters by, by place, and closed sales by day. */
export const propertyRecord = recordType({
  name: "property",
  schema: 2,
  guard: "property",
  fields: Property,
  listed: ListedProperty,
  internal: internalFields<Marked>(),
  assumed: { internet_display: true, internet_address_display: true },
  lists: ["brokerage", "changes", "owner"],
  states: propertyStatuses,
  hoursDeleted: 30 * 24,
  indexAttributes: (property) => ({
    state: property.status,
    rank: property.price,
    bedrooms: property.bedrooms,
    ...placed(property),
  }),
  searched,
});

/** A property as stored. */
export type StoredProperty = RecordOf<typeof propertyRecord>;

/** Whether listings of a status are on the market: the first half of the `place` index. */
export const onOrOffMarket = (status: PropertyStatus): "on" | "off" =>
  listedStatuses.some((listed) => listed === status) ? "on" : "off";

/** What a market analysis needs of a closed sale that lists do not show; what is not known is left out. */
export interface Facts {
  readonly contract_date?: string;
  readonly lot_sqft?: number;
  readonly year_built?: number;
  readonly condition?: number;
  readonly list_price?: number;
  readonly days_on_market?: number;
}

/** Words of a closed sale that have entries: an import writes no more than a unit for each. */
const wordsOfSale = 5;

/** By its address and title; a closed sale that was imported by its address alone, or by what stands in its place. */
function searched({ title, address, city, postal_code, status, ...rest }: Property & Marked): Searched {
  const place = [postal_code, city].join(" ");
  if (status === "sold" && rest.import) return { texts: [`${address ?? title} ${place}`], most: wordsOfSale };
  return { texts: [`${address ?? ""} ${place}`, title] };
}

/** By place where it has a location; among the closed sales where it has a price and a date, too. */
function placed(property: Property): IndexAttributes {
  const { location, status, close_price, close_date } = property;
  if (!location) return {};
  const place = geohash({ lat: location.lat, lon: location.lng }, 8);
  const isSale = status === "sold" && close_price && close_date;
  return {
    area: place.slice(0, 3),
    market: onOrOffMarket(status),
    geohash: place,
    ...(isSale ? { sale_cell: place.slice(0, 5), close_date, facts: factsOf(property) } : {}),
  };
}

const factNames = ["contract_date", "lot_sqft", "year_built", "condition"] as const;

function factsOf(property: Property): Facts {
  const known = factNames.flatMap((name) => (property[name] === null ? [] : [[name, property[name]]]));
  return { ...Object.fromEntries(known), ...listingOf(property) };
}

/**
 * How a sale was listed. An import that tells of nothing but the sale has it listed at what was paid and on the day of
 * the contract: that says nothing.
 */
export function listingOf({
  price,
  original_price,
  close_price,
  close_date,
  contract_date,
  listed_at,
}: Property) {
  const days = (Date.parse(contract_date ?? close_date!) - Date.parse(listed_at.slice(0, 10))) / 86_400_000;
  const asked = price !== close_price ? price : original_price;
  return {
    ...(days > 0 ? { days_on_market: days } : {}),
    ...(days > 0 || asked !== close_price ? { list_price: asked } : {}),
  };
}
