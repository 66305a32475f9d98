/**
 * What a column may hold, and the names it goes by: ours, RESO's, and those of other common exports (Redfin, Zillow,
 * Realtor.com, the price paid data of HM Land Registry), written without case, blanks and punctuation. Where two
 * columns claim one field, the earlier name wins.
 */
export const aliases = {
  title: ["title", "listingtitle"],
  description: ["description", "publicremarks", "remarks"],
  address: ["address", "unparsedaddress", "streetaddress", "propertyaddress", "fulladdress"],
  street_number: ["streetnumber", "streetnumbernumeric", "housenumber", "paon"],
  street_dir_prefix: ["streetdirprefix", "streetdir", "streetdirection", "predirection"],
  street_name: ["streetname", "street"],
  street_suffix: ["streetsuffix", "streettype"],
  street_dir_suffix: ["streetdirsuffix", "postdirection"],
  unit_number: ["unitnumber", "unit", "apt", "apartmentnumber", "suite", "flatnumber", "saon"],
  city: ["city", "town", "towncity", "postalcity"],
  state_or_province: ["stateorprovince", "state", "province"],
  postal_code: ["postalcode", "zipcode", "zip", "postcode", "ziporpostalcode"],
  country: ["country", "countrycode"],
  lat: ["lat", "latitude", "locationlat"],
  lng: ["lng", "long", "lon", "longitude", "locationlng"],
  property_sub_type: ["propertysubtype"],
  property_type: ["propertytype", "proptype", "hometype", "type", "style"],
  bedrooms: [
    "bedrooms",
    "bedroomstotal",
    "beds",
    "bed",
    "br",
    "brs",
    "bd",
    "totalbedrooms",
    "numberbedrooms",
  ],
  bathrooms: [
    "bathrooms",
    "bathroomstotaldecimal",
    "baths",
    "bath",
    "ba",
    "totalbaths",
    "totalbathrooms",
    "numberbathrooms",
    "bathroomstotal",
    "bathroomstotalinteger",
  ],
  bathrooms_full: ["bathroomsfull", "fullbaths", "fullbathrooms", "bathsfull"],
  bathrooms_three_quarter: ["bathroomsthreequarter"],
  bathrooms_half: ["bathroomshalf", "halfbaths", "halfbathrooms", "bathshalf"],
  bathrooms_one_quarter: ["bathroomsonequarter"],
  size_sqft: [
    "sizesqft",
    "sqftliving",
    "squarefeet",
    "squarefootage",
    "sqft",
    "livingsqft",
    "livingareasqft",
    "totalsqft",
    "sqfttotal",
    "finishedsqft",
    "heatedsqft",
    "approxsqft",
    "gla",
    "buildingsqft",
    "bldgsqft",
  ],
  size_sqm: ["sizesqm", "livingareasqm", "sqmliving", "squaremetres", "squaremeters", "sqm", "m2"],
  size: ["livingarea", "size", "housesize", "homesize", "floorarea", "buildingareatotal"],
  size_units: [
    "livingareaunits",
    "livingareaunit",
    "sizeunits",
    "sizeunit",
    "areaunits",
    "buildingareaunits",
  ],
  lot_sqft: ["lotsqft", "lotsizesquarefeet", "lotsizesqft", "sqftlot"],
  lot_sqm: ["lotsqm", "lotsizesquaremeters", "lotsizesquaremetres", "lotsizesqm", "sqmlot"],
  lot_acres: ["lotacres", "lotsizeacres", "acrelot", "acres", "acreage"],
  lot_size: ["lotsizearea", "lotsize", "lotarea", "lotareavalue", "plotsize", "plotarea"],
  lot_size_units: ["lotsizeunits", "lotsizeunit", "lotunits", "lotareaunits", "lotareaunit", "plotunits"],
  year_built: ["yearbuilt", "yrbuilt", "builtyear", "yearofconstruction", "yrblt"],
  condition: ["condition"],
  price: ["price", "currentprice"],
  list_price: ["listprice", "askingprice", "listingprice"],
  original_price: ["originalprice", "originallistprice"],
  currency: ["currency", "currencycode"],
  status: ["status", "standardstatus", "homestatus", "listingstatus"],
  mls_status: ["mlsstatus"],
  record_status: ["recordstatus"],
  listed_at: ["listedat", "onmarketdate", "listingcontractdate", "listdate", "listingdate"],
  days_on_market: ["daysonmarket", "dom", "daysonzillow"],
  contract_date: ["contractdate", "purchasecontractdate", "pendingdate", "undercontractdate"],
  close_price: ["closeprice", "saleprice", "soldprice", "sellingprice", "closedprice", "closingprice"],
  close_date: [
    "closedate",
    "saledate",
    "solddate",
    "date",
    "datesold",
    "closingdate",
    "closeddate",
    "dateoftransfer",
    "transferdate",
    "settlementdate",
    "lastsolddate",
    "prevsolddate",
  ],
  source_system: ["sourcesystem", "sourcesystemname", "originatingsystemname", "source", "mls"],
  source_key: [
    "sourcekey",
    "listingkey",
    "id",
    "listingid",
    "mlsnumber",
    "mlsid",
    "zpid",
    "transactionid",
    "transactionuniqueidentifier",
    "parcelnumber",
    "apn",
  ],
} as const satisfies Record<string, readonly string[]>;

export type Field = keyof typeof aliases;
export const fields = Object.keys(aliases) as [Field, ...Field[]];

/** Characters that a column's name may have: a longer one is no field's. */
export const maxColumnName = 200;

/** What a header, or a mapping, may have: it is kept on the import. */
export const maxColumns = 500;
export const maxHeaderBytes = 32_000;

/** Which column holds each field, and the columns that hold none. */
export interface Columns {
  readonly of: Partial<Readonly<Record<Field, string>>>;
  readonly ignored: readonly string[];
}

/** The caller's mapping of columns to fields; null ignores a column. */
export type Mapping = ReadonlyMap<string, Field | null>;

/** A column's name without case, blanks, accents and punctuation; "MLS #" is the MLS number and "$/sqft" no area. */
export const bare = (name: string) =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("#", "number")
    .replace(/[$€£] ?\//g, "per")
    .replace(/[^\p{L}\p{N}]/gu, "");

const known = new Map<string, { field: Field; rank: number }>(
  fields.flatMap((field) => aliases[field].map((name, rank) => [name, { field, rank }] as const)),
);

/** Names that say an area's unit behind it, as "Floor area (m²)". */
const unitBehind = /^(.{2,40}?)(sqft|squarefeet|sqm|m2|squaremet(?:re|er)s|acres)$/;

function fieldNamed(name: string): { field: Field; rank: number } | undefined {
  const exact = known.get(name);
  if (exact) return exact;
  const [, area = "", unit = ""] = unitBehind.exec(name) ?? [];
  const field = known.get(area)?.field;
  if (field !== "size" && field !== "lot_size") return undefined;
  const kind = /^sq(f|uaref)/.test(unit) ? "sqft" : unit === "acres" ? "acres" : "sqm";
  const of = {
    size: { sqft: "size_sqft", sqm: "size_sqm", acres: undefined } as const,
    lot_size: { sqft: "lot_sqft", sqm: "lot_sqm", acres: "lot_acres" } as const,
  };
  const found = of[field][kind];
  return found && { field: found, rank: 100 };
}

/** Finds the fields in a header: by the mapping, else by the column's name. */
export function columnsOf(header: readonly string[], mapping: Mapping): Columns {
  const found = new Map<Field, { column: string; rank: number }>();
  for (const column of header) {
    if (column.length > maxColumnName) continue;
    const said = mapping.get(column);
    const claim = said ? { field: said, rank: -1 } : said === null ? undefined : fieldNamed(bare(column));
    if (!claim) continue;
    const { field, rank } = claim;
    const other = found.get(field);
    if (!other || rank < other.rank) found.set(field, { column, rank });
  }
  const of = Object.fromEntries([...found].map(([field, { column }]) => [field, column]));
  const used = new Set(Object.values(of));
  // A column without a name, as spreadsheets leave them at the end, is nothing that could be missed.
  return { of, ignored: header.filter((column) => column.trim() !== "" && !used.has(column)) };
}

/** Why a file with these columns cannot be imported: it has no price, and there is no default price. */
export function lacking({ of }: Columns, hasDefaultPrice: boolean): string | undefined {
  return of.price || of.list_price || of.close_price || hasDefaultPrice
    ? undefined
    : "has no price column: name it in `mapping`";
}

/** Whether a first row is data: no name in it is known, and a cell of it is a number, a date or an id. */
export function looksLikeData(header: readonly string[], { of }: Columns): boolean {
  return (
    Object.keys(of).length === 0 &&
    header.some(
      (cell) =>
        cell.length <= 100 && /^[{$€£]?[\d.,/: -]*\d[\d.,/: -]*$|^\{?[\da-f-]{32,38}\}?$/i.test(cell.trim()),
    )
  );
}

/** The first name that stands twice in a header, whatever its case; undefined when none does. */
export function twice(header: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return header.find((column) => {
    const name = column.normalize("NFC").trim().toLowerCase();
    if (name === "" || !seen.has(name)) return void seen.add(name);
    return true;
  });
}
