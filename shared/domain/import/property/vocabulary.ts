import type { NewProperty, PropertyType } from "../../property.ts";
import { type Cell, quoted, readText } from "../values.ts";

/** A name as its words, without accents and punctuation. */
const words = (said: string) =>
  said
    .slice(0, 200)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** Names, and what they mean, of lines of meaning and names. */
const byName = <Meaning>(lines: readonly (readonly [Meaning, string])[]) =>
  lines.flatMap(([meaning, names]) => names.split(", ").map((name) => [name, meaning] as const));

/**
 * What names of types say, in English and in the languages of other exports; the first line with a word of the name
 * decides. `other` is what has a name and no type here.
 */
const typeWords: readonly (readonly [PropertyType, string])[] = [
  ["land", "land, lot, lots, acreage, plot, parcel, grundstuck, baugrundstuck, terrain, terreno, bouwgrond"],
  ["other", "manufactured, mobile, mobilehome, manufacturedhome, farm, timeshare, time share"],
  ["other", "parking, garage, boat, boat slip, dock, other, dependance, stellplatz, box garage"],
  ["multi_family", "multi family, multifamily, duplex, duplx, triplex, quadruplex, quadplex, fourplex"],
  [
    "multi_family",
    "2 plex, 3 plex, 4 plex, 2 4 unit, 2 4 units, 5 unit, 5 units, 2fmcon, apartment building",
  ],
  ["multi_family", "residential income, income property, mehrfamilienhaus, immeuble"],
  ["condo", "condo, condos, condominium, condominiums, co op, coop, coops, stock cooperative"],
  ["condo", "apartment, apartments, flat, flats, maisonette, penthouse, loft, studio"],
  [
    "condo",
    "wohnung, eigentumswohnung, etagenwohnung, appartement, appartements, appartamento, apartamento, piso",
  ],
  [
    "townhouse",
    "townhouse, townhouses, townhome, townhomes, town house, town home, rowhouse, row house, row",
  ],
  [
    "townhouse",
    "terraced, terrace, twnhs, twnhse, twnhsi, reihenhaus, rijtjeshuis, tussenwoning, hoekwoning, adosado",
  ],
  ["commercial", "commercial, office, retail, industrial, warehouse, business, hotel, gewerbe, buro"],
  [
    "house",
    "house, houses, home, single family, singlefamily, singlefamilyresidence, singlefamilyhome, sfr, sfh",
  ],
  ["house", "detached, semi detached, semi, bungalow, cottage, villa, cabin, residential, residence, 1fam"],
  ["house", "haus, einfamilienhaus, doppelhaushalfte, maison, casa, chalet, huis, woning, woonhuis"],
];
const typesByWord = byName(typeWords).map(([name, type]) => [` ${name} `, type] as const);

/** Codes of the price paid data of HM Land Registry: detached, semi-detached, terraced, flat, other. */
const typeCodes = new Map<string, PropertyType>([
  ["d", "house"],
  ["s", "house"],
  ["t", "townhouse"],
  ["f", "condo"],
  ["o", "other"],
]);

/** The type that a name means; undefined for a name that is not known. */
export function typeNamed(said: string): PropertyType | undefined {
  const name = words(said);
  return typeCodes.get(name) ?? typesByWord.find(([word]) => ` ${name} `.includes(word))?.[1];
}

/** Whether a type or sub type says that something is let and not sold, as RESO's Residential Lease. */
export const saysLease = (said: string): boolean => /\b(lease|rental|rentals|rent|let)\b/.test(words(said));

type StatusOf = Pick<NewProperty, "status" | "contract_status">;
const active: StatusOf = { status: "active" };
const pending: StatusOf = { status: "under_offer", contract_status: "pending" };
const shown: StatusOf = { status: "under_offer", contract_status: "active_under_contract" };

/** What names of statuses, and what boards shorten them to, mean; `off` is off the market and was not sold. */
const statuses: readonly (readonly [StatusOf | "off", string])[] = [
  [active, "active, for sale, for rent, to let, available, new, new listing, back on market, price change"],
  [active, "price changed, price reduced, extended, reactivated, ready to build, new construction, auction"],
  [active, "a, act, actv"],
  [{ status: "under_offer" }, "under offer"],
  [shown, "active under contract, contingent, active contingent, active with contingency, active kick out"],
  [shown, "active backup, accepting backups, pending taking backups, backup, kick out, contingent show"],
  [shown, "option, active option, option pending, ctg, auc"],
  [pending, "pending, under contract, under agreement, pending sale, contingent no show, pending no show"],
  [pending, "sold stc, sstc, sold subject to contract, sale agreed, let agreed, offer accepted, in escrow"],
  [pending, "p, pnd, pend, uc"],
  [
    { status: "sold" },
    "sold, closed, closed sale, recently sold, past sale, settled, completed, s, sld, cls, clsd",
  ],
  [{ status: "rented" }, "rented, leased, let, closed lease, recently rented, rnt, rntd, lsd"],
  ["off", "expired, canceled, cancelled, withdrawn, terminated, suspended, inactive, hold, on hold, removed"],
  [
    "off",
    "off market, temporarily off market, temp off market, coming soon, incomplete, draft, delete, deleted",
  ],
  ["off", "x, exp, w, wth, wdn, wthd, can, canc, cncl, tom"],
];
/** As names are also written together: `activeundercontract`. */
const joined = (name: string) => name.replaceAll(" ", "");
const statusesByName = new Map(byName(statuses).map(([name, status]) => [joined(name), status]));

/** A status from our names, RESO's StandardStatus and other exports; `off` is none that a listing here can have. */
export function status(cell: unknown): Cell<StatusOf | "off"> {
  return readText(cell, (said) => {
    const value = statusesByName.get(joined(words(said)));
    return value ? { value } : { fault: `is not a known listing status: ${quoted(said)}` };
  });
}
