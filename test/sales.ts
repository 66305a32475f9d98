import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";

const file = new URL("../infra/local/demo/king-county-sales-2014-2015.csv.gz", import.meta.url);

/** A real sale as the body that creates a property. */
export interface SoldHouse {
  readonly title: string;
  readonly property_type: "house";
  readonly status: "sold";
  readonly price: number;
  readonly close_price: number;
  readonly close_date: string;
  readonly contract_date: string;
  readonly bedrooms: number;
  readonly bathrooms: number;
  readonly size_sqft: number;
  readonly lot_sqft: number;
  readonly year_built: number;
  readonly condition: number;
  readonly location: { readonly lat: number; readonly lng: number };
}

/** The real King County sales of some postal codes (all unless said), as bodies that create properties, oldest first. */
export function soldHouses(...zipcodes: readonly string[]): SoldHouse[] {
  const [header, ...lines] = gunzipSync(readFileSync(file)).toString().split("\n");
  // Where codes are named, only lines that have one are parsed: a tenth of the time.
  const some =
    zipcodes.length === 0 ? lines : lines.filter((line) => zipcodes.some((code) => line.includes(code)));
  const rows: Record<string, string>[] = parse([header, ...some].join("\n"), { columns: true });
  return rows
    .filter(({ zipcode }) => zipcodes.length === 0 || zipcodes.includes(zipcode ?? ""))
    .map((row): SoldHouse => {
      const day = row.date!.replace(/^(\d{4})(\d\d)(\d\d).*/, "$1-$2-$3");
      const price = Number(row.price);
      return {
        title: `House ${row.id}`,
        property_type: "house",
        status: "sold",
        price,
        close_price: price,
        close_date: day,
        contract_date: day,
        bedrooms: Number(row.bedrooms),
        bathrooms: Number(row.bathrooms),
        size_sqft: Number(row.sqft_living),
        lot_sqft: Number(row.sqft_lot),
        year_built: Number(row.yr_built),
        condition: Number(row.condition),
        location: { lat: Number(row.lat), lng: Number(row.long) },
      };
    })
    .sort((a, b) => (a.close_date < b.close_date ? -1 : 1));
}

/**
 * A fifth of the sales, from all of the time: enough to compare with. Each that stands in the table is a change that the
 * stream hands on, and entries of the log and of lists.
 */
export const everyFifth = (sales: readonly SoldHouse[]): SoldHouse[] =>
  sales.filter((_, at) => (sales.length - 1 - at) % 5 === 0);
