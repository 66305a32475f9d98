import type { NewProperty, PropertyType } from "../property.ts";
import { type Cell, quoted, readText } from "./values.ts";

/** A name as its words, without accents and punctuation. */
const words = (said: string) =>
  said
    .slice(0, 200)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/**
 * What names of types say, in English and in the languages of other exports; the first line with a word of the name
 * decides. `other` is what has a name and no type here.
 */
const typeWords: readonly (readonly [PropertyType, readonly string[]])[] = [
  [
    "land",
    [
      "land",
      "lot",
      "lots",
      "acreage",
      "plot",
      "grundstuck",
      "baugrundstuck",
      "terrain",
      "terreno",
      "bouwgrond",
      "parcel",
    ],
  ],
  [
    "other",
    [
      "manufactured",
      "mobile",
      "mobilehome",
      "manufacturedhome",
      "farm",
      "ranch and farm",
      "timeshare",
      "time share",
    ],
  ],
  [
    "other",
    [
      "parking",
      "garage",
      "boat",
      "boat slip",
      "dock",
      "houseboat slip",
      "other",
      "dependance",
      "stellplatz",
      "box garage",
    ],
  ],
  [
    "multi_family",
    [
      "multi family",
      "multifamily",
      "duplex",
      "duplx",
      "triplex",
      "quadruplex",
      "fourplex",
      "quadplex",
      "4 plex",
      "3 plex",
      "2 plex",
    ],
  ],
  [
    "multi_family",
    [
      "residential income",
      "income property",
      "apartment building",
      "2 4 unit",
      "2 4 units",
      "5 unit",
      "2fmcon",
      "mehrfamilienhaus",
      "immeuble",
    ],
  ],
  [
    "condo",
    [
      "condo",
      "condos",
      "condominium",
      "condominiums",
      "co op",
      "coop",
      "coops",
      "stock cooperative",
      "apartment",
      "apartments",
    ],
  ],
  [
    "condo",
    [
      "flat",
      "flats",
      "maisonette",
      "penthouse",
      "loft",
      "studio",
      "wohnung",
      "eigentumswohnung",
      "etagenwohnung",
    ],
  ],
  ["condo", ["appartement", "appartements", "appartamento", "apartamento", "piso"]],
  [
    "townhouse",
    [
      "townhouse",
      "townhouses",
      "townhome",
      "townhomes",
      "town house",
      "town home",
      "rowhouse",
      "row house",
      "row",
      "terraced",
      "terrace",
    ],
  ],
  [
    "townhouse",
    ["twnhs", "twnhse", "twnhsi", "reihenhaus", "rijtjeshuis", "tussenwoning", "hoekwoning", "adosado"],
  ],
  [
    "commercial",
    [
      "commercial",
      "office",
      "retail",
      "industrial",
      "warehouse",
      "business",
      "hotel",
      "gewerbe",
      "buro",
      "local commercial",
    ],
  ],
  [
    "house",
    [
      "house",
      "houses",
      "home",
      "single family",
      "singlefamily",
      "singlefamilyresidence",
      "singlefamilyhome",
      "sfr",
      "sfh",
      "detached",
    ],
  ],
  [
    "house",
    [
      "semi detached",
      "semi",
      "bungalow",
      "cottage",
      "villa",
      "cabin",
      "residential",
      "1fam",
      "haus",
      "einfamilienhaus",
    ],
  ],
  [
    "house",
    [
      "doppelhaushalfte",
      "maison",
      "casa",
      "chalet",
      "huis",
      "woning",
      "woonhuis",
      "vrijstaande woning",
      "residence",
    ],
  ],
];
const typesByWords = typeWords.flatMap(([type, names]) => names.map((name) => [` ${name} `, type] as const));

/** Codes of the price paid data of HM Land Registry: detached, semi-detached, terraced, flat, other. */
const typeCodes: Readonly<Record<string, PropertyType>> = {
  d: "house",
  s: "house",
  t: "townhouse",
  f: "condo",
  o: "other",
};

/** The type that a name means; undefined for a name that is not known. */
export function typeNamed(said: string): PropertyType | undefined {
  const name = words(said);
  const code = Object.hasOwn(typeCodes, name) ? typeCodes[name] : undefined;
  return code ?? typesByWords.find(([word]) => ` ${name} `.includes(word))?.[1];
}

/** Whether a type or sub type says that something is let and not sold, as RESO's Residential Lease. */
export const saysLease = (said: string): boolean =>
  /\b(lease|rental|rentals|rent|let|to let)\b/.test(words(said));

type StatusOf = Pick<NewProperty, "status" | "contract_status">;
const active: StatusOf = { status: "active" };
const pending: StatusOf = { status: "under_offer", contract_status: "pending" };
const shown: StatusOf = { status: "under_offer", contract_status: "active_under_contract" };

/** What names of statuses mean; `off` is a listing that is not on the market and was not sold. */
const statuses: readonly (readonly [StatusOf | "off", readonly string[]])[] = [
  [
    active,
    [
      "active",
      "for sale",
      "for rent",
      "new",
      "new listing",
      "back on market",
      "price change",
      "price changed",
      "available",
    ],
  ],
  [
    active,
    [
      "price reduced",
      "extended",
      "reactivated",
      "ready to build",
      "to let",
      "new construction",
      "auction",
      "active option",
    ],
  ],
  [{ status: "under_offer" }, ["under offer"]],
  [
    shown,
    [
      "active under contract",
      "contingent",
      "active contingent",
      "active with contingency",
      "active kick out",
      "active backup",
    ],
  ],
  [
    shown,
    [
      "pending taking backups",
      "accepting backups",
      "backup",
      "kick out",
      "show",
      "contingent show",
      "option",
      "option pending",
    ],
  ],
  [
    pending,
    [
      "pending",
      "under contract",
      "under agreement",
      "sold stc",
      "sstc",
      "sold subject to contract",
      "sale agreed",
      "pending sale",
    ],
  ],
  [
    pending,
    ["let agreed", "contingent no show", "pending no show", "offer accepted", "contract", "in escrow"],
  ],
  [
    { status: "sold" },
    ["sold", "closed", "recently sold", "settled", "completed", "closed sale", "past sale", "comp sold"],
  ],
  [{ status: "rented" }, ["rented", "leased", "let", "closed lease", "recently rented"]],
  [
    "off",
    [
      "expired",
      "canceled",
      "cancelled",
      "withdrawn",
      "off market",
      "temporarily off market",
      "temp off market",
      "hold",
      "on hold",
    ],
  ],
  [
    "off",
    [
      "delete",
      "deleted",
      "incomplete",
      "draft",
      "terminated",
      "suspended",
      "inactive",
      "coming soon",
      "unlisted",
      "removed",
      "released",
    ],
  ],
];
/** What boards shorten them to. */
const codes: readonly (readonly [StatusOf | "off", readonly string[]])[] = [
  [active, ["a", "act", "actv"]],
  [shown, ["ctg", "auc", "aucs"]],
  [pending, ["p", "pnd", "pend", "uc", "u c"]],
  [{ status: "sold" }, ["s", "sld", "cls", "clsd"]],
  [{ status: "rented" }, ["rnt", "rntd", "lsd"]],
  ["off", ["x", "exp", "w", "wth", "wdn", "wthd", "can", "canc", "cncl", "tom"]],
];
const statusesByName = new Map(
  [...statuses, ...codes].flatMap(([status, names]) => names.map((name) => [name, status] as const)),
);
/** As names are written together: `activeundercontract`. */
const joined = (name: string) => name.replaceAll(" ", "");
const statusesJoined = new Map([...statusesByName].map(([name, status]) => [joined(name), status]));

/** A status from our names, RESO's StandardStatus and other exports; `off` is none that a listing here can have. */
export function status(cell: unknown): Cell<StatusOf | "off"> {
  return readText(cell, (said) => {
    const value = statusesJoined.get(joined(words(said)));
    return value
      ? { value }
      : { fault: `must be a status that a listing here can have, not ${quoted(said)}` };
  });
}
