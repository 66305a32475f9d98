import type { RowError } from "../import.ts";
import { Problem } from "../problem.ts";
import type { NewProperty } from "../property.ts";
import { propertyId } from "./identity.ts";
import type { RawRow } from "./raw-row.ts";
import { noReading, type Reading } from "./reading.ts";
import { type Row, readRow } from "./row.ts";

/** The rows of one chunk about the same property, in the file's order. */
export interface Group {
  readonly id: string;
  readonly rows: readonly { readonly row: number; readonly said: Row }[];
}

/** What the rows of a chunk say, before anything is written. */
export interface Grouped {
  readonly groups: readonly Group[];
  /** Errors of rows that cannot be read. */
  readonly errors: readonly RowError[];
  readonly failed: number;
  /** Rows of listings that left the market unsold. */
  readonly skipped: number;
  /** Rows by the name of a type that is not known. */
  readonly unknownTypes: ReadonlyMap<string, number>;
}

/** What reading an import's rows needs to know of it. */
export interface Reader {
  readonly brokerage_id: string;
  readonly created_at: string;
  readonly defaults: Partial<NewProperty>;
  readonly reading?: Reading | null;
}

/** A chunk's rows by the property they are about; the same rows of the same import give the same groups. */
export function grouped(
  rows: readonly RawRow[],
  { brokerage_id, created_at, defaults, reading }: Reader,
): Grouped {
  const groups = new Map<string, { row: number; said: Row }[]>();
  const errors: RowError[] = [];
  const unknownTypes = new Map<string, number>();
  const options = { defaults, reading: reading ?? noReading, asOf: created_at.slice(0, 10) };
  let failed = 0;
  let skipped = 0;
  for (const raw of rows)
    try {
      if ("errors" in raw) throw new Problem("invalid_input", "The row cannot be read", raw);
      const said = readRow(raw, options);
      if (!said) {
        skipped++;
        continue;
      }
      if (said.unknown_type !== undefined)
        unknownTypes.set(said.unknown_type, (unknownTypes.get(said.unknown_type) ?? 0) + 1);
      const id = propertyId(brokerage_id, said.identity);
      groups.set(id, [...(groups.get(id) ?? []), { row: raw.row, said }]);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failed++;
      errors.push(...errorsOf(raw.row, error));
    }
  return { groups: [...groups].map(([id, rows]) => ({ id, rows })), errors, failed, skipped, unknownTypes };
}

/** A problem with a row, as an import lists it. */
export function errorsOf(row: number, { errors, message }: Problem): RowError[] {
  return (errors ?? [{ path: "", message }]).map((error) => ({ row, ...error }));
}
