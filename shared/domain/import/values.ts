import type { NewProperty, PropertyType } from "../property.ts";
import { date as isDay } from "../schemas.ts";

/** What a cell says, or why it says nothing of use. */
export type Reading<T> = { readonly value: T | undefined } | { readonly fault: string };

const absent = new Set(["", "n/a", "na", "nan", "null"]);

/** A cell as text; nothing where it stands for "not known". */
export function text(cell: unknown): Reading<string> {
  if (cell === undefined || cell === null) return { value: undefined };
  if (typeof cell === "object") return { fault: "must be a plain value" };
  const trimmed = String(cell).trim();
  if (trimmed.includes("\uFFFD")) return { fault: "is not UTF-8" };
  return { value: absent.has(trimmed.toLowerCase()) ? undefined : trimmed };
}

/** A number, with or without `$` and thousands' commas. */
export function number(cell: unknown): Reading<number> {
  return then(text(cell), (said) => {
    const digits = said.replace(/[$,\s]/g, "");
    return /^-?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(digits)
      ? { value: Number(digits) }
      : { fault: `must be a number, not ${quoted(said)}` };
  });
}

/** A day as YYYY-MM-DD from ISO 8601, its basic form (20141013T000000) or month/day/year. */
export function day(cell: unknown): Reading<string> {
  return then(text(cell), (said) => {
    const iso = /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*)?$/.exec(said);
    const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(said);
    const [year, month = "", date = ""] = iso
      ? iso.slice(1)
      : american
        ? [3, 1, 2].map((at) => american[at])
        : [];
    const value = `${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`;
    return isDay.safeParse(value).success ? { value } : { fault: `must be a date, not ${quoted(said)}` };
  });
}

/** A moment in UTC; a day alone is its first. */
export function moment(cell: unknown): Reading<string> {
  const said = text(cell);
  if ("value" in said && said.value && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(said.value)) return said;
  return then(day(cell), (value) => ({ value: `${value}T00:00:00Z` }));
}

const typeNames: Readonly<Record<Exclude<PropertyType, "other">, readonly string[]>> = {
  house: ["house", "singlefamily", "singlefamilyresidence", "singlefamilyhome", "residential", "detached"],
  condo: ["condo", "condominium", "apartment"],
  townhouse: ["townhouse", "townhome", "rowhouse"],
  multi_family: ["multifamily", "duplex", "triplex", "quadruplex", "fourplex", "residentialincome"],
  land: ["land", "lot", "vacantland", "unimprovedland"],
  commercial: ["commercial", "commercialsale", "commerciallease", "office", "retail", "industrial"],
};
const types = new Map(
  Object.entries(typeNames).flatMap(([type, names]) => names.map((name) => [name, type as PropertyType])),
);

/** A property type from our names and RESO's types and sub types; what is none of them is `other`. */
export function propertyType(cell: unknown): Reading<PropertyType> {
  return then(text(cell), (said) => ({ value: types.get(bare(said)) ?? "other" }));
}

type StatusOf = Pick<NewProperty, "status" | "contract_status">;
const statuses: Readonly<Record<string, StatusOf>> = {
  active: { status: "active" },
  underoffer: { status: "under_offer" },
  activeundercontract: { status: "under_offer", contract_status: "active_under_contract" },
  contingent: { status: "under_offer", contract_status: "active_under_contract" },
  pending: { status: "under_offer", contract_status: "pending" },
  sold: { status: "sold" },
  closed: { status: "sold" },
  rented: { status: "rented" },
  leased: { status: "rented" },
};

/** A status from our names and RESO's StandardStatus. */
export function status(cell: unknown): Reading<StatusOf> {
  return then(text(cell), (said) => {
    const value = statuses[bare(said)];
    return value
      ? { value }
      : { fault: `must be a status that a listing here can have, not ${quoted(said)}` };
  });
}

const bare = (said: string) => said.toLowerCase().replace(/[^a-z]/g, "");
const quoted = (said: string) => JSON.stringify(said.length > 40 ? `${said.slice(0, 40)}…` : said);

function then<A, B>(reading: Reading<A>, read: (value: A) => Reading<B>): Reading<B> {
  if ("fault" in reading) return reading;
  return reading.value === undefined ? { value: undefined } : read(reading.value);
}
