import { asWritten } from "../export/csv.ts";
import type { InputError } from "../problem.ts";
import type { Columns } from "./columns.ts";
import { type Place, placeOf } from "./place.ts";

/** A row as its columns, or why it is none. */
export type RawRow =
  | {
      readonly row: number;
      readonly cells: Readonly<Record<string, unknown>>;
      readonly columns: Columns;
      /** Where a JSON row's nested location is. */
      readonly place?: Place;
    }
  | { readonly row: number; readonly errors: readonly InputError[] };

/**
 * A row's cells by column: those that a spreadsheet left away at the end are empty, and the apostrophe is off that an
 * export puts before what would be a formula.
 */
export function csvRow(
  row: number,
  values: readonly string[],
  header: readonly string[],
  columns: Columns,
): RawRow {
  if (values.slice(header.length).some((value) => value.trim() !== ""))
    return {
      row,
      errors: [{ path: "", message: `has ${values.length} values for ${header.length} columns` }],
    };
  const cells = header.map((column, at) => [column, asWritten(values[at] ?? "")]);
  return { row, cells: Object.fromEntries(cells), columns };
}

type Parsed = { readonly cells: Readonly<Record<string, unknown>>; readonly place?: Place };

/** A row's JSON, and apart from it the place that its nested location, or a GeoJSON feature's geometry, is; or why it is none. */
export function object(text: string): Parsed | string {
  try {
    const row = JSON.parse(text);
    if (members(text) !== Object.keys(row).length) return "has two members with the same name";
    const { type, properties, geometry, id } = row;
    if (type === "Feature" && typeof properties === "object" && properties !== null)
      return located({ id, ...properties }, geometry);
    return located(row, row.location);
  } catch {
    return "is not JSON";
  }
}

/** The members of objects in a row as columns of their own, `consent.email.status` and the like. */
export const flat = (
  cells: Readonly<Record<string, unknown>>,
  above = "",
  depth = 0,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(cells).flatMap(([name, value]) =>
      depth < deepest && typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.entries(flat(value as Record<string, unknown>, `${above}${name}.`, depth + 1))
        : [[`${above}${name}`, value]],
    ),
  );
const deepest = 3;

/** How many members an object's text has, those of one name counted each: a parser keeps but the last of these. */
function members(text: string): number {
  let count = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      for (at++; text[at] !== '"'; at++) if (text[at] === "\\") at++;
    } else if (character === "{") depth++;
    else if (character === "}") depth--;
    else if (character === ":" && depth === 1) count++;
  }
  return count;
}

function located(cells: Readonly<Record<string, unknown>>, location: unknown): Parsed {
  const place = placeOf(location);
  if (!place) return { cells };
  const { location: _, ...others } = cells;
  return { cells: others, place };
}
