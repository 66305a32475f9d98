import { isDeepStrictEqual } from "node:util";
import { parseWith } from "../parse.ts";
import { type InputError, Problem } from "../problem.ts";
import { NewProperty } from "../property.ts";
import { changedProperty, newProperty, type PropertyFields } from "../property-status.ts";
import type { Columns, Field } from "./columns.ts";
import type { Identity } from "./identity.ts";
import { day, moment, number, propertyType, type Reading, status, text } from "./values.ts";

/** What a row says of a property. */
export interface Row {
  /** The whole property, should it be new. */
  readonly body: NewProperty;
  /** The names of what the row itself says: all that it may change of a property that stands. */
  readonly said: readonly (keyof NewProperty)[];
  readonly identity: Identity;
}

/** Where a value comes from that no column of its own gives: its errors are told there. */
const copies: Readonly<Record<string, Field>> = {
  price: "close_price",
  close_price: "price",
  original_price: "price",
  contract_date: "close_date",
  listed_at: "close_date",
  size_sqft: "size_sqm",
  lot_sqft: "lot_sqm",
};

type Cells = Readonly<Record<string, unknown>>;

/** Reads a row; throws a `Problem` with an error for each cell, its path a JSON Pointer to the column. */
export function readRow(cells: Cells, { of }: Columns, defaults: Partial<NewProperty>): Row {
  const errors: InputError[] = [];
  const path = (field: string) => {
    const column = of[field as Field] ?? of[copies[field] ?? (field as Field)] ?? field;
    return `/${column.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  };
  function read<T>(field: Field, reader: (cell: unknown) => Reading<T>): T | undefined {
    const column = of[field];
    if (column === undefined) return undefined;
    const reading = reader(cells[column]);
    if ("value" in reading) return reading.value;
    errors.push({ path: path(field), message: reading.fault });
    return undefined;
  }
  const refuse = (problems: readonly InputError[]): never => {
    const first = problems.filter(({ path }, at) => problems.findIndex((one) => one.path === path) === at);
    throw new Problem("invalid_input", "The row cannot be read", { errors: first });
  };

  const full = read("bathrooms_full", number);
  const said: Partial<NewProperty> = present({
    title: read("title", text),
    description: read("description", text),
    address: read("address", text) ?? street((field) => read(field, text)),
    city: read("city", text),
    state_or_province: read("state_or_province", text),
    postal_code: read("postal_code", text),
    country: read("country", text),
    location: place(read("lat", number), read("lng", number)),
    property_type: read("property_type", propertyType),
    bedrooms: read("bedrooms", number),
    bathrooms:
      full === undefined ? read("bathrooms", number) : full + (read("bathrooms_half", number) ?? 0) / 2,
    size_sqft: read("size_sqft", number) ?? squareFeet(read("size_sqm", number)),
    lot_sqft: read("lot_sqft", number) ?? squareFeet(read("lot_sqm", number)),
    year_built: read("year_built", number),
    condition: read("condition", number),
    currency: read("currency", text)?.toUpperCase(),
    listed_at: read("listed_at", moment),
    source_system: read("source_system", text),
    source_key: read("source_key", text),
    ...deal({
      ...read("status", status),
      price: read("price", number),
      original_price: read("original_price", number),
      contract_date: read("contract_date", day),
      close_price: read("close_price", number),
      close_date: read("close_date", day),
    }),
  });
  if (errors.length > 0) refuse(errors);

  const guessed = {
    property_type: "house",
    title: said.address ?? said.source_key,
    listed_at: said.contract_date ? `${said.contract_date}T00:00:00Z` : undefined,
  };
  try {
    const body = parseWith(NewProperty, { ...guessed, ...defaults, ...said }, "") as NewProperty;
    return { body, said: Object.keys(said) as (keyof NewProperty)[], identity: identityOf(said) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const named = (pointer: string) => path(pointer.replace(/^\/location\//, "/").slice(1));
    return refuse((error.errors ?? []).map(({ path, message }) => ({ path: named(path), message })));
  }
}

const present = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Square feet of square metres: what is kept is in feet, wherever it comes from. */
const squareFeet = (metres: number | undefined) => (metres === undefined ? undefined : metres / 0.3048 ** 2);

const streetParts = ["street_number", "street_name", "street_suffix"] as const;

function street(read: (field: Field) => string | undefined): string | undefined {
  const parts = streetParts.flatMap((field) => read(field) ?? []);
  const unit = read("unit_number");
  return parts.length === 0 ? undefined : [...parts, ...(unit === undefined ? [] : [`#${unit}`])].join(" ");
}

function place(lat: number | undefined, lng: number | undefined): NewProperty["location"] {
  // Exports write zeros where they know no place; nobody sells a house in the Gulf of Guinea.
  if ((lat === undefined && lng === undefined) || (lat === 0 && lng === 0)) return undefined;
  // One without the other is refused with the rest of the row.
  return { lat, lng } as NewProperty["location"];
}

type Deal = Partial<
  Pick<
    NewProperty,
    "status" | "contract_status" | "price" | "original_price" | "contract_date" | "close_price" | "close_date"
  >
>;

/** Price, status and dates: a row with a sale date is a sale, and its price what it sold for. */
function deal({
  status,
  contract_status,
  price,
  original_price,
  contract_date,
  close_price,
  close_date,
}: Deal): Deal {
  if (close_date === undefined && status !== "sold" && status !== "rented")
    return status === "under_offer"
      ? { status, contract_status, price, original_price, contract_date }
      : { status, price, original_price };
  const paid = close_price ?? price;
  return {
    status: status === "rented" ? "rented" : "sold",
    price: paid,
    close_price: paid,
    original_price: original_price ?? price,
    contract_date: contract_date ?? close_date,
    // Said, so that a sale of unknown date does not become one of today.
    close_date: close_date ?? null,
  };
}

function identityOf(said: Partial<NewProperty>): Identity {
  const { source_system, source_key, address, postal_code, city, close_date } = said;
  const lower = (value: string | null | undefined) => (value ?? "").toLowerCase();
  const sale_date = close_date ?? undefined;
  if (source_key) return { source: ["key", source_system ?? "", source_key], sale_date };
  if (address) return { source: ["address", lower(address), lower(postal_code), lower(city)], sale_date };
  return { source: ["row", JSON.stringify(said)], sale_date };
}

/**
 * The property after a row: a new one where there was none, changed, or undefined when the row changes nothing. Throws
 * a `Problem` when the row does not fit what is there.
 */
export function afterRow(
  before: PropertyFields | undefined,
  { body, said }: Row,
  as: { readonly owner_user_id: string; readonly now: Date },
): PropertyFields | undefined {
  if (!before) return newProperty(body, as);
  // What a property starts with does not change later.
  const started = ["original_price", "listed_at"];
  const patch = Object.fromEntries(
    said.filter((name) => !started.includes(name)).map((name) => [name, body[name]]),
  );
  const next = changedProperty(before, patch, as);
  return isDeepStrictEqual(next, { ...before }) ? undefined : next;
}
