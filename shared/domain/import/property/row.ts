import { isDeepStrictEqual } from "node:util";
import { dateOf, dayOf } from "../../cma/sale.ts";
import { parseWith } from "../../parse.ts";
import { type InputError, Problem } from "../../problem.ts";
import { NewProperty, type PropertyType } from "../../property.ts";
import { changedProperty, newProperty, type PropertyFields } from "../../property-status.ts";
import type { HowRead, RowSource } from "../cells.ts";
import { country, digits, key, text, yesOrNo } from "../values.ts";
import { streetLine } from "./address.ts";
import { PropertyCells } from "./cells.ts";
import { deal } from "./deal.ts";
import { type Identity, identityOf } from "./identity.ts";
import { saysLease, status, typeNamed } from "./vocabulary.ts";

/** What a row says of a property. */
export interface Row {
  /** The whole property, should it be new. */
  readonly body: NewProperty;
  /** The names of what the row itself says: all that it may change of a property that stands. */
  readonly said: readonly (keyof NewProperty)[];
  readonly identity: Identity;
  /** The name of a type that is not known here: the property is an `other`. */
  readonly unknown_type?: string;
}

type RowOptions = HowRead & { readonly defaults: Partial<NewProperty> };

/**
 * Reads a row; undefined for a listing that left the market unsold (expired, canceled, withdrawn). Throws a `Problem`
 * with an error for each cell, its path a JSON Pointer to the column.
 */
export function readRow(source: RowSource, { defaults, ...how }: RowOptions): Row | undefined {
  const cells = new PropertyCells(source, how);
  const said = saidBy(cells, how.asOf);
  if (!said) return undefined;
  if (cells.errors.length > 0) throw unreadable(cells.errors);
  const { unknown_type, days_on_market, ...facts } = said;
  try {
    const body = parseWith(
      NewProperty,
      { ...presumed(cells, said, how.asOf), ...defaults, ...facts },
      "",
    ) as NewProperty;
    const row: Row = { body, said: Object.keys(facts) as (keyof NewProperty)[], identity: identityOf(facts) };
    return unknown_type === undefined ? row : { ...row, unknown_type };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const named = (at: string) => cells.path(at.replace(/^\/location\//, "/").slice(1));
    throw unreadable((error.errors ?? []).map(({ path, message }) => ({ path: named(path), message })));
  }
}

type Said = Partial<NewProperty> & { readonly unknown_type?: string; readonly days_on_market?: number };

/** What the cells say; undefined for a listing that is off the market. */
function saidBy(cells: PropertyCells, asOf: string): Said | undefined {
  const standard = cells.read("status", status);
  const local = cells.read("mls_status", status);
  const listing = standard ?? local;
  // HM Land Registry's D takes back a sale that an earlier file told.
  if (listing === "off" || cells.text("record_status")?.toUpperCase() === "D") return undefined;

  const names = [cells.text("property_sub_type"), cells.text("property_type")].filter(
    (name) => name !== undefined,
  );
  const type = names.map(typeNamed).find((type) => type !== undefined);
  const isLet = local !== undefined && local !== "off" && local.status === "rented";
  const [price, list_price, original_price, close_price] = (
    ["price", "list_price", "original_price", "close_price"] as const
  ).map((field) => cells.amount(field));
  const agreed = deal({
    ...listing,
    isLease: isLet || names.some(saysLease),
    price: price?.number,
    list_price: list_price?.number,
    original_price: original_price?.number,
    close_price: close_price?.number,
    contract_date: cells.day("contract_date"),
    close_date: cells.day("close_date"),
    // A price of no stated kind is the sale's only where no column is for that.
    hasClosePrice: Boolean(
      cells.column("close_price") ?? (cells.column("list_price") && !cells.column("price")),
    ),
  });
  if (agreed.close_date && agreed.close_date > daysBefore(asOf, -1))
    cells.refuse("close_date", `must not be in the future: ${agreed.close_date}`);

  return present({
    title: cells.text("title"),
    description: cells.text("description"),
    private_remarks: cells.text("private_remarks"),
    internet_display: cells.read("internet_display", yesOrNo),
    internet_address_display: cells.read("internet_address_display", yesOrNo),
    address: streetLine((field) => cells.read(field, isNumbered(field) ? digits : text)),
    city: cells.text("city"),
    state_or_province: cells.text("state_or_province"),
    postal_code: cells.read("postal_code", digits),
    country: cells.read("country", country),
    location: cells.location(),
    property_type: names.length === 0 ? undefined : (type ?? ("other" satisfies PropertyType)),
    bedrooms: cells.number("bedrooms"),
    bathrooms: cells.bathrooms(),
    size_sqft: cells.area("size_sqft", "sqft") ?? cells.area("size_sqm", "sqm") ?? cells.bareArea("size"),
    lot_sqft:
      cells.area("lot_sqft", "sqft") ??
      cells.area("lot_sqm", "sqm") ??
      cells.area("lot_acres", "acres") ??
      cells.bareArea("lot_size"),
    year_built: cells.number("year_built") || undefined,
    condition: cells.number("condition"),
    currency:
      cells.text("currency")?.toUpperCase() ??
      [price, list_price, original_price, close_price].find((one) => one?.currency)?.currency,
    listed_at: cells.moment("listed_at"),
    source_system: cells.text("source_system"),
    source_key: cells.read("source_key", key),
    ...agreed,
    days_on_market: cells.number("days_on_market"),
    unknown_type: names.length > 0 && type === undefined ? names[0] : undefined,
  });
}

/** What a new property has where neither the row nor the caller says. */
function presumed(
  cells: PropertyCells,
  { status, contract_date, days_on_market, address, source_key }: Said,
  asOf: string,
) {
  // Only HM Land Registry names a house's number and its flat so.
  const isBritish = (["street_number", "unit_number"] as const).some((field) =>
    /^[ps]aon$/i.test(cells.column(field) ?? ""),
  );
  const until = contract_date ?? (status === undefined || status === "active" ? asOf : undefined);
  const isCounted = days_on_market !== undefined && days_on_market >= 0 && days_on_market < mostDays;
  const listed = until && isCounted ? daysBefore(until, days_on_market) : contract_date;
  return {
    ...(isBritish ? { currency: "GBP", country: "GB" } : {}),
    property_type: "house",
    title: address ?? source_key,
    listed_at: listed ? `${listed}T00:00:00Z` : undefined,
  };
}

/** The most days on market that are plausible: a century. */
const mostDays = 36_525;

const isNumbered = (field: string) => field === "street_number" || field === "unit_number";

/** A problem with a row: the first of each column's. */
function unreadable(all: readonly InputError[]): Problem {
  const errors = all.filter(({ path }, at) => all.findIndex((one) => one.path === path) === at);
  return new Problem("invalid_input", "The row cannot be read", { errors });
}

const present = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

const daysBefore = (date: string, days: number) => dateOf(dayOf(date) - days);

/**
 * The property after a row: a new one where there was none, changed, or undefined when the row changes nothing. Throws
 * a `Problem` when the row does not fit what is there.
 */
export function afterRow(
  before: PropertyFields | undefined,
  { body, said }: Row,
  as: { readonly owner_user_id: string; readonly team_id?: string | null; readonly now: Date },
): PropertyFields | undefined {
  if (!before) return newProperty(body, as);
  const moves = body.status !== undefined && body.status !== before.status;
  // A row never changes original_price or listed_at, and its nulls erase nothing.
  const keeps = (name: keyof NewProperty) =>
    name === "original_price" || name === "listed_at" || (body[name] === null && !moves);
  const patch = Object.fromEntries(said.filter((name) => !keeps(name)).map((name) => [name, body[name]]));
  const next = changedProperty(before, patch, as);
  return isDeepStrictEqual(next, { ...before }) ? undefined : next;
}
