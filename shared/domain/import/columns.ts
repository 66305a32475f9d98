/**
 * What a column may hold, and the names it goes by: ours, RESO's, and those of other common exports, written
 * without case, blanks and punctuation. Where two columns claim one field, the earlier name wins.
 */
export const guesses = {
  title: ["title", "listingtitle"],
  description: ["description", "publicremarks", "remarks"],
  address: ["address", "unparsedaddress", "streetaddress", "propertyaddress", "fulladdress"],
  street_number: ["streetnumber"],
  street_name: ["streetname"],
  street_suffix: ["streetsuffix"],
  unit_number: ["unitnumber"],
  city: ["city", "town"],
  state_or_province: ["stateorprovince", "state", "province"],
  postal_code: ["postalcode", "zipcode", "zip", "postcode"],
  country: ["country"],
  lat: ["lat", "latitude"],
  lng: ["lng", "long", "lon", "longitude"],
  property_type: ["propertysubtype", "propertytype", "hometype", "type"],
  bedrooms: ["bedrooms", "bedroomstotal", "beds"],
  bathrooms: ["bathrooms", "bathroomstotaldecimal", "baths", "bathroomstotalinteger"],
  bathrooms_full: ["bathroomsfull"],
  bathrooms_half: ["bathroomshalf"],
  size_sqft: ["sizesqft", "livingarea", "sqftliving", "squarefeet", "sqft"],
  size_sqm: ["sizesqm", "livingareasqm", "sqmliving", "squaremetres", "squaremeters", "sqm", "m2"],
  lot_sqft: ["lotsqft", "lotsizesquarefeet", "sqftlot"],
  lot_sqm: ["lotsqm", "lotsizesquaremeters", "sqmlot"],
  year_built: ["yearbuilt", "yrbuilt"],
  condition: ["condition"],
  price: ["price", "listprice", "askingprice"],
  original_price: ["originalprice", "originallistprice"],
  currency: ["currency"],
  status: ["status", "standardstatus", "mlsstatus"],
  listed_at: ["listedat", "onmarketdate", "listingcontractdate", "listdate"],
  contract_date: ["contractdate", "purchasecontractdate"],
  close_price: ["closeprice", "saleprice", "soldprice"],
  close_date: ["closedate", "saledate", "solddate", "date"],
  source_system: ["sourcesystem", "sourcesystemname", "originatingsystemname"],
  source_key: ["sourcekey", "listingkey", "id", "listingid", "mlsnumber", "parcelnumber", "apn"],
} as const satisfies Record<string, readonly string[]>;

export type Field = keyof typeof guesses;
export const fields = Object.keys(guesses) as [Field, ...Field[]];

/** Which column holds each field, and the columns that hold none. */
export interface Columns {
  readonly of: Partial<Readonly<Record<Field, string>>>;
  readonly ignored: readonly string[];
}

/** A caller's own word on columns; null ignores one. */
export type Mapping = Readonly<Record<string, Field | null>>;

const bare = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

const known = new Map<string, { field: Field; rank: number }>(
  fields.flatMap((field) => guesses[field].map((name, rank) => [name, { field, rank }] as const)),
);

/** Finds the fields in a header. The mapping is obeyed, the rest is guessed. */
export function columnsOf(header: readonly string[], mapping: Mapping): Columns {
  const found = new Map<Field, { column: string; rank: number }>();
  for (const column of new Set(header)) {
    const said = Object.hasOwn(mapping, column) ? mapping[column] : undefined;
    const guess = said ? { field: said, rank: -1 } : said === null ? undefined : known.get(bare(column));
    if (!guess) continue;
    const { field, rank } = guess;
    const other = found.get(field);
    if (!other || rank < other.rank) found.set(field, { column, rank });
  }
  const of = Object.fromEntries([...found].map(([field, { column }]) => [field, column]));
  const used = new Set(Object.values(of));
  return { of, ignored: header.filter((column) => !used.has(column)) };
}

/** Why a file with these columns cannot be imported; a default price makes do for none. */
export function lacking({ of }: Columns, hasDefaultPrice: boolean): string | undefined {
  return of.price || of.close_price || hasDefaultPrice
    ? undefined
    : "names no column of prices: say by `mapping` which it is";
}
