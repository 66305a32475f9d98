import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import type { Sale } from "../../shared/domain/cma/sale.ts";

type Row = Readonly<Record<string, string>>;

/**
 * Reads a market's sales in date order from a CSV file, packed or not. Columns as the back-test documents them, or
 * those of the King County file; an empty or missing value is left out, a date of a month stands for its first day.
 * Throws when a row lacks id, date, price or place.
 */
export function readSales(path: string): Sale[] {
  const bytes = readFileSync(path);
  const text = path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
  const rows: Row[] = parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true });
  return rows
    .map(toSale)
    .sort((a, b) => (a.sale_date < b.sale_date ? -1 : a.sale_date > b.sale_date ? 1 : 0));
}

/** The King County file's names for the documented columns. */
const otherNames: Readonly<Record<string, string>> = {
  sale_date: "date",
  beds: "bedrooms",
  baths: "bathrooms",
  size_sqft: "sqft_living",
  lot_sqft: "sqft_lot",
  year_built: "yr_built",
  lon: "long",
};

function toSale(row: Row, index: number): Sale {
  const text = (name: string) => row[name] || row[otherNames[name] ?? name] || undefined;
  const number = (name: string) => {
    const value = Number(text(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const [id, price, lat, lon] = [text("id"), number("price"), number("lat"), number("lon")];
  const sale_date = toDate(text("sale_date"));
  if (!id || !sale_date || !price || price <= 0 || lat === undefined || lon === undefined)
    throw new Error(`row ${index + 2}: id, sale_date, price, lat and lon are needed`);
  const facts = {
    property_type: text("type"),
    bedrooms: number("beds"),
    bathrooms: number("baths"),
    size_sqft: number("size_sqft"),
    lot_sqft: number("lot_sqft"),
    year_built: number("year_built"),
    condition: number("condition"),
  };
  const given = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  return { id, sale_date, price, lat, lon, ...given };
}

function toDate(text: string | undefined): string | undefined {
  const parts = /^(\d{4})-?(\d{2})(?:-?(\d{2}))?(?!\d)/.exec(text ?? "");
  return parts ? `${parts[1]}-${parts[2]}-${parts[3] ?? "01"}` : undefined;
}
