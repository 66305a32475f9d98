import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { dateOf, dayOf, type Sale } from "../../shared/domain/cma/sale.ts";

type Row = Readonly<Record<string, string>>;

/** What is wrong with the caller's input, in one line. */
export class BadInput extends Error {}

/**
 * Reads a market's sales in date order from a CSV file, packed or not. Columns as the back-test documents them, or
 * those of the King County file; an empty or missing value is left out, a date of a month stands for its first day.
 * Throws BadInput when the file cannot be read or a row lacks id, date, price or place.
 */
export function readSales(path: string): Sale[] {
  const rows = read(path);
  if (rows.length === 0) throw new BadInput(`${path} holds no sales`);
  const lacking = needed.filter((name) => !(name in rows[0]!) && !((otherNames[name] ?? name) in rows[0]!));
  if (lacking.length > 0) throw new BadInput(`${path} lacks the column ${lacking.join(", ")}`);
  return rows
    .map((row, index) => toSale(row, `${path}, row ${index + 2}`))
    .sort((a, b) => (a.sale_date < b.sale_date ? -1 : a.sale_date > b.sale_date ? 1 : 0));
}

const needed = ["id", "sale_date", "price", "lat", "lon"];

function read(path: string): Row[] {
  try {
    const bytes = readFileSync(path);
    const text = path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    return parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw new BadInput(`${path} cannot be read: ${(error as Error).message}`);
  }
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

function toSale(row: Row, where: string): Sale {
  const text = (name: string) => row[name] || row[otherNames[name] ?? name] || undefined;
  const number = (name: string) => {
    const value = Number(text(name) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const [id, price, lat, lon] = [text("id"), number("price"), number("lat"), number("lon")];
  const sale_date = toDate(text("sale_date"));
  if (!id) throw new BadInput(`${where}: id is missing`);
  if (!sale_date) throw new BadInput(`${where}: sale_date is no date YYYY-MM-DD`);
  if (price === undefined || price <= 0) throw new BadInput(`${where}: price is no amount above zero`);
  if (lat === undefined || lon === undefined || Math.abs(lat) > 90 || Math.abs(lon) > 180)
    throw new BadInput(`${where}: lat and lon are no place in degrees`);
  const facts = {
    property_type: text("type")?.toLowerCase(),
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
  const date = parts ? `${parts[1]}-${parts[2]}-${parts[3] ?? "01"}` : "";
  return isDate(date) ? date : undefined;
}

/** Whether a text is a day of the calendar, YYYY-MM-DD. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && dateOf(dayOf(text)) === text;
}
