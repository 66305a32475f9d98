import { type Caller, listedStatuses, scopeOf } from "../domain/access.ts";
import { geohash } from "../domain/geo.ts";
import type { Written } from "../domain/invocation.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import { nothingKnown, Property, PropertySummary } from "../domain/property.ts";
import type { Stamp } from "./imports.ts";
import { isAlive, recordKey, type Stored } from "./records.ts";
import type { Item, TableReader } from "./table.ts";
import { type User, userKey } from "./users.ts";

/** A property as stored. */
export type StoredProperty = Stored &
  Property & {
    readonly entity: "property";
    /** What the import that wrote it last left on it; an edit keeps it. */
    readonly import?: Stamp;
  };

type Known<Names extends keyof Property> = { readonly [K in Names]: NonNullable<Property[K]> };

/** What a market analysis needs of a closed sale; what is not known is left out. */
export type Facts = Known<"property_type" | "location" | "close_price" | "close_date"> &
  Partial<
    Known<"contract_date" | "bedrooms" | "bathrooms" | "size_sqft" | "lot_sqft" | "year_built" | "condition">
  > & { readonly list_price?: number; readonly days_on_market?: number };

/** Whether listings of a status are on the market: the first half of the `place` index. */
export const marketOf = (status: Property["status"]): "on" | "off" =>
  listedStatuses.some((listed) => listed === status) ? "on" : "off";

export const propertyKey = (brokerageId: string, id: string) => recordKey(brokerageId, "property", id);

/** Reads a property, strongly consistent; undefined where none stands. */
export async function getProperty(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<StoredProperty | undefined> {
  const item = await table.get(propertyKey(brokerageId, id));
  return isAlive(item) ? fromItem(item) : undefined;
}

/** The property in an item: what the item leaves out is null. */
export const fromItem = (item: Item): StoredProperty =>
  ({ ...nothingKnown, ...item }) as unknown as StoredProperty;

/**
 * The one place that makes a property's item: the record without its nulls (no index takes one), and what its
 * indexes ask for: `summary` for all lists, the place where it has a location, the facts where it is a closed sale
 * with a location, a price and a date. Write it with `create` or `replace`.
 */
export function toItem(
  brokerageId: string,
  property: Property & Pick<StoredProperty, "import">,
  written: Written,
): Item & { version: number } {
  const { id, version, location, status, close_price, close_date } = property;
  const place = location && geohash({ lat: location.lat, lon: location.lng }, 8);
  const facts = status === "sold" && location && close_price && close_date;
  return {
    ...known(property, recordFields),
    ...propertyKey(brokerageId, id),
    entity: "property",
    brokerage_id: brokerageId,
    version,
    written,
    import: property.import,
    summary: known(property, summaryFields),
    ...(place ? { area: place.slice(0, 3), geohash: place, market: marketOf(status) } : {}),
    ...(place && facts
      ? { sale_cell: place.slice(0, 5), facts: { ...known(property, factFields), ...listingOf(property) } }
      : {}),
  };
}

/**
 * How a sale was listed. An import that tells of nothing but the sale has it listed at what was paid and on the day of
 * the contract: that says nothing.
 */
function listingOf({ price, original_price, close_price, close_date, contract_date, listed_at }: Property) {
  const days = (Date.parse(contract_date ?? close_date!) - Date.parse(listed_at.slice(0, 10))) / 86_400_000;
  const asked = price !== close_price ? price : original_price;
  return {
    ...(days > 0 ? { days_on_market: days } : {}),
    ...(days > 0 || asked !== close_price ? { list_price: asked } : {}),
  };
}

/**
 * The owner of a property, when the caller may name them: oneself, or with `property:write` for the brokerage any
 * active user of it who is no client. Throws 403, or 400 at `owner_user_id`.
 */
export async function newOwner(table: TableReader, caller: Caller, userId: string): Promise<string> {
  if (userId === caller.user_id) return userId;
  if (scopeOf(caller, "property:write") !== "brokerage")
    throw new Problem("forbidden", "Your role may not give a property another owner");
  const user = await table.get<User>(userKey(caller.brokerage_id, userId));
  if (!isAlive(user) || !user.is_active || user.role === "client")
    throw invalidInput("/owner_user_id", "is no active agent, employee or admin of this brokerage");
  return userId;
}

type Field = keyof Property;

const recordFields = Object.keys(Property.shape) as Field[];

// Every entry of an index carries the id beside its summary.
const summaryFields = recordFields.filter((field) => field !== "id" && field in PropertySummary.shape);

const factFields = [
  "property_type",
  "location",
  "close_price",
  "close_date",
  "contract_date",
  "bedrooms",
  "bathrooms",
  "size_sqft",
  "lot_sqft",
  "year_built",
  "condition",
] as const satisfies readonly (keyof Facts)[];

const known = (property: Property, fields: readonly Field[]) =>
  Object.fromEntries(fields.flatMap((field) => (property[field] === null ? [] : [[field, property[field]]])));
