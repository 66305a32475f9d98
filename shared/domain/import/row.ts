import { isDeepStrictEqual } from "node:util";
import { parseWith } from "../parse.ts";
import { type InputError, Problem } from "../problem.ts";
import { NewProperty, type Property, type PropertyType } from "../property.ts";
import { changedProperty, newProperty } from "../property-status.ts";
import { type Place, sameAddress, streetLine } from "./address.ts";
import type { Columns, Field } from "./columns.ts";
import { day, moment } from "./dates.ts";
import { deal } from "./deal.ts";
import type { Identity } from "./identity.ts";
import { areaUnit, fullAndHalf, type Measure, measure, squareFeet } from "./numbers.ts";
import {
  type AreaField,
  areaFields,
  type DateField,
  type NumberField,
  numberFields,
  type Reading,
} from "./survey.ts";
import { type Cell, country, digits, key, quoted, text } from "./values.ts";
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

/** A row's cells, and what is needed to read them. */
export interface RowSource {
  readonly cells: Readonly<Record<string, unknown>>;
  readonly columns: Columns;
  readonly place?: Place | undefined;
}
export interface RowOptions {
  readonly defaults: Partial<NewProperty>;
  readonly reading: Reading;
  /** The day of the import: nothing closed later. */
  readonly asOf: string;
}

/** Where a value comes from that no column of its own gives: its errors are told there. */
const copies: Readonly<Record<string, readonly Field[]>> = {
  price: ["list_price", "close_price"],
  close_price: ["price"],
  original_price: ["price", "list_price"],
  contract_date: ["close_date"],
  listed_at: ["close_date"],
  size_sqft: ["size_sqm", "size"],
  lot_sqft: ["lot_sqm", "lot_acres", "lot_size"],
  property_type: ["property_sub_type"],
  address: ["street_name", "street_number", "unit_number"],
  status: ["mls_status"],
};

/** A column's name as messages point to it. */
const pointer = (column: string) => `/${column.slice(0, 200).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/**
 * Reads a row; undefined for a listing that left the market unsold (expired, canceled, withdrawn). Throws a `Problem`
 * with an error for each cell, its path a JSON Pointer to the column.
 */
export function readRow(
  { cells, columns: { of }, place }: RowSource,
  { defaults, reading, asOf }: RowOptions,
) {
  const errors: InputError[] = [];
  const path = (field: string) => {
    const from = [field as Field, ...(copies[field] ?? [])].find((one) => of[one] !== undefined);
    return pointer(from ? of[from]! : field);
  };
  const refuse = (field: string, message: string) => void errors.push({ path: path(field), message });
  function read<T>(field: Field, reader: (cell: unknown) => Cell<T>): T | undefined {
    const column = of[field];
    if (column === undefined) return undefined;
    const found = reader(cells[column]);
    if ("value" in found) return found.value;
    refuse(field, found.fault);
    return undefined;
  }
  const measured = (field: NumberField): Measure | undefined =>
    read(field, (cell) => measure(cell, numberFields[field], reading.decimals[field] ?? null));
  const number = (field: NumberField) => measured(field)?.number;
  const dated = (field: DateField) => ({ order: reading.orders[field] ?? null, asOf });
  const date = (field: DateField) => read(field, (cell) => day(cell, dated(field)));
  /** Square feet of an area; exports write zero where they know none. */
  const area = (field: NumberField, unit: keyof typeof squareFeet | undefined) => {
    const found = measured(field);
    const of = found?.unit ?? unit;
    return found && of && found.number !== 0 ? found.number * squareFeet[of] : undefined;
  };
  const bareArea = (field: AreaField) => {
    const word = read(areaFields[field], text);
    const named = word === undefined ? undefined : areaUnit(word);
    if (word !== undefined && !named)
      refuse(areaFields[field], `must be a unit of area, not ${quoted(word)}`);
    const found = area(field, named ?? reading.areas[field]);
    if (found === undefined && !errors.length && number(field)) refuse(field, "says no unit");
    if (field === "lot_size" && !named && found !== undefined && found < 100)
      refuse(field, "says no unit, and is too small for square feet");
    return found;
  };
  const amount = (field: NumberField) => {
    const found = measured(field);
    return found && found.number !== 0 ? found : undefined;
  };

  const standard = read("status", status);
  const local = read("mls_status", status);
  const listing = standard === undefined ? local : standard;
  if (listing === "off") return undefined;

  const types = [read("property_sub_type", text), read("property_type", text)].filter(
    (type) => type !== undefined,
  );
  const type = types.map(typeNamed).find((type) => type !== undefined);
  const isLet = local !== undefined && local !== "off" && local.status === "rented";
  const amounts = {
    price: amount("price"),
    list_price: amount("list_price"),
    original_price: amount("original_price"),
    close_price: amount("close_price"),
  };
  const currency = Object.values(amounts).find((one) => one?.currency)?.currency;
  const close_date = date("close_date");
  const agreed = deal({
    ...listing,
    isLease: isLet || types.some(saysLease),
    hasClosePrice: of.close_price !== undefined || (of.price === undefined && of.list_price !== undefined),
    contract_date: date("contract_date"),
    close_date,
    ...(Object.fromEntries(Object.entries(amounts).map(([name, one]) => [name, one?.number])) as Record<
      keyof typeof amounts,
      number | undefined
    >),
  });
  if (agreed.close_date && agreed.close_date > dayAfter(asOf))
    refuse("close_date", `lies ahead: nothing can have closed on ${agreed.close_date}`);

  const said: Partial<NewProperty> = present({
    title: read("title", text),
    description: read("description", text),
    address: streetLine((field) =>
      read(field, field === "street_number" || field === "unit_number" ? digits : text),
    ),
    city: read("city", text),
    state_or_province: read("state_or_province", text),
    postal_code: read("postal_code", digits),
    country: read("country", country),
    location: location(number("lat") ?? half(place?.lat), number("lng") ?? half(place?.lng)),
    property_type: types.length === 0 ? undefined : (type ?? ("other" as PropertyType)),
    bedrooms: number("bedrooms"),
    bathrooms: bathrooms(),
    size_sqft: area("size_sqft", "sqft") ?? area("size_sqm", "sqm") ?? bareArea("size"),
    lot_sqft:
      area("lot_sqft", "sqft") ??
      area("lot_sqm", "sqm") ??
      area("lot_acres", "acres") ??
      bareArea("lot_size"),
    year_built: number("year_built") || undefined,
    condition: number("condition"),
    currency: read("currency", text)?.toUpperCase() ?? currency,
    listed_at: read("listed_at", (cell) => moment(cell, dated("listed_at"))),
    source_system: read("source_system", text),
    source_key: read("source_key", key),
    ...agreed,
  });
  const days = number("days_on_market");

  function bathrooms(): number | undefined {
    const full = number("bathrooms_full");
    if (full !== undefined) {
      const parts = [
        number("bathrooms_three_quarter"),
        number("bathrooms_half"),
        number("bathrooms_one_quarter"),
      ];
      return parts.reduce<number>((sum, count, at) => sum + (count ?? 0) * (0.75 - at / 4), full);
    }
    const cell = of.bathrooms === undefined ? undefined : text(cells[of.bathrooms]);
    const parts = cell && "value" in cell && cell.value ? fullAndHalf(cell.value) : undefined;
    return parts ?? number("bathrooms");
  }
  function half(cell: unknown): number | undefined {
    const found = measure(cell, "lng", null);
    if ("value" in found) return found.value?.number;
    errors.push({ path: "/location", message: found.fault });
    return undefined;
  }
  if (errors.length > 0) throw unreadable(errors);

  const begun = said.contract_date ?? (said.status === "active" || !said.status ? asOf : undefined);
  // Only HM Land Registry names a house's number and its flat so.
  const isBritish = [of.street_number, of.unit_number].some((column) => column && /^[ps]aon$/i.test(column));
  const guessed = {
    ...(isBritish ? { currency: "GBP", country: "GB" } : {}),
    property_type: "house",
    title: said.address ?? said.source_key,
    listed_at:
      days !== undefined && begun
        ? `${daysBefore(begun, days)}T00:00:00Z`
        : said.contract_date
          ? `${said.contract_date}T00:00:00Z`
          : undefined,
  };
  try {
    const body = parseWith(NewProperty, { ...guessed, ...defaults, ...said }, "") as NewProperty;
    const row: Row = { body, said: Object.keys(said) as (keyof NewProperty)[], identity: identityOf(said) };
    return types.length > 0 && type === undefined ? { ...row, unknown_type: types[0]! } : row;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const named = (at: string) => path(at.replace(/^\/location\//, "/").slice(1));
    throw unreadable((error.errors ?? []).map(({ path, message }) => ({ path: named(path), message })));
  }
}

/** A problem with a row: the first of each column's. */
function unreadable(all: readonly InputError[]): Problem {
  const errors = all.filter(({ path }, at) => all.findIndex((one) => one.path === path) === at);
  return new Problem("invalid_input", "The row cannot be read", { errors });
}

const present = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

function daysBefore(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}
const dayAfter = (date: string) => daysBefore(date, -1);

function location(lat: number | undefined, lng: number | undefined): NewProperty["location"] {
  // Exports write zeros where they know no place; nobody sells a house in the Gulf of Guinea.
  if ((lat === undefined && lng === undefined) || (lat === 0 && lng === 0)) return undefined;
  // One without the other is refused with the rest of the row.
  return { lat, lng } as NewProperty["location"];
}

function identityOf(said: Partial<NewProperty>): Identity {
  const { source_system, source_key, address, postal_code, city, close_date } = said;
  const sale_date = close_date ?? undefined;
  if (source_key) return { source: ["key", source_system ?? "", source_key], sale_date };
  if (address)
    return {
      source: ["address", sameAddress(address), sameAddress(postal_code), sameAddress(city)],
      sale_date,
    };
  return { source: ["row", JSON.stringify(said)], sale_date };
}

/**
 * The property after a row: a new one where none stood, the next version, or undefined when the row changes
 * nothing. Throws a `Problem` when the row does not fit what stands.
 */
export function afterRow(
  standing: Property | undefined,
  { body, said }: Row,
  as: { readonly id: string; readonly owner_user_id: string; readonly now: Date },
): Property | undefined {
  if (!standing) return newProperty(body, as);
  const moves = body.status !== undefined && body.status !== standing.status;
  // What a property starts with does not change later, and what a row does not know takes nothing away.
  const keeps = (name: keyof NewProperty) =>
    name === "original_price" || name === "listed_at" || (body[name] === null && !moves);
  const patch = Object.fromEntries(said.filter((name) => !keeps(name)).map((name) => [name, body[name]]));
  const next = changedProperty(standing, patch, as);
  const { version, updated_at } = standing;
  return isDeepStrictEqual({ ...next, version, updated_at }, { ...standing }) ? undefined : next;
}
