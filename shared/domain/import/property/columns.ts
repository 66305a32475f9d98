import type { NewProperty } from "../../property.ts";
import { type Claim, type Columns, claimsOf } from "../columns.ts";
import type { FileFields } from "../fields.ts";

/**
 * What a column may hold, and the names it goes by: ours, RESO's, and those of other common exports (Redfin, Zillow,
 * Realtor.com, the price paid data of HM Land Registry), written without case, blanks and punctuation. Where two
 * columns claim one field, the earlier name wins.
 */
export const aliases = {
  title: ["title", "listingtitle"],
  description: ["description", "publicremarks", "remarks"],
  private_remarks: ["privateremarks", "agentremarks", "confidentialremarks"],
  internet_display: ["internetdisplay", "internetentirelistingdisplayyn", "internetentirelistingdisplay"],
  internet_address_display: ["internetaddressdisplay", "internetaddressdisplayyn"],
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

const known = claimsOf(aliases);

/** Names that say an area's unit behind it, as "Floor area (m²)". */
const unitBehind = /^(.{2,40}?)(sqft|squarefeet|sqm|m2|squaremet(?:re|er)s|acres)$/;

function fieldNamed(name: string): Claim | undefined {
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

/** The columns of files of properties, and how they are written. */
export const propertyFields = {
  fieldNamed,
  repeated: new Set<string>(),
  numbers: {
    lat: "lat",
    lng: "lng",
    bedrooms: "beds",
    bathrooms: "baths",
    bathrooms_full: "beds",
    bathrooms_three_quarter: "beds",
    bathrooms_half: "beds",
    bathrooms_one_quarter: "beds",
    size_sqft: "size",
    size_sqm: "size",
    size: "size",
    lot_sqft: "lot",
    lot_sqm: "lot",
    lot_acres: "lot",
    lot_size: "lot",
    year_built: "year",
    condition: "count",
    days_on_market: "count",
    price: "money",
    list_price: "money",
    original_price: "money",
    close_price: "money",
  },
  pointed: ["lat", "lng"],
  dates: ["listed_at", "contract_date", "close_date"],
  areas: { size: "size_units", lot_size: "lot_size_units" },
  systemOf: {
    size_sqft: "imperial",
    lot_sqft: "imperial",
    lot_acres: "imperial",
    size_sqm: "metric",
    lot_sqm: "metric",
  },
} as const satisfies FileFields;

export type NumberField = keyof typeof propertyFields.numbers;
export type DateField = (typeof propertyFields.dates)[number];
export type AreaField = keyof typeof propertyFields.areas;

/** Why a file with these columns cannot be imported: it has no price, and there is no default price. */
export function lacking({ of }: Columns, defaults: Partial<NewProperty>): string | undefined {
  return of.price || of.list_price || of.close_price || defaults.price !== undefined
    ? undefined
    : "has no price column: name it in `mapping`";
}
