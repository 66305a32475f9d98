import type { RowError } from "../import.ts";
import { Problem } from "../problem.ts";
import type { ResourceFile } from "./file.ts";
import type { RawRow } from "./raw-row.ts";
import { noReading, type Reading } from "./reading.ts";

/** A row that could be read, and what it says. */
export interface ReadRow<Said> {
  readonly row: number;
  readonly said: Said;
}

/** What the rows of a chunk say, before anything is written. */
export interface ReadRows<Said> {
  readonly rows: readonly ReadRow<Said>[];
  /** Errors of rows that cannot be read. */
  readonly errors: readonly RowError[];
  readonly failed: number;
  readonly skipped: number;
  /** Rows by the name of a type that is not known. */
  readonly unknownTypes: ReadonlyMap<string, number>;
}

/** What reading an import's rows needs to know of it. */
export interface Reader<Defaults> {
  readonly created_at: string;
  readonly defaults: Defaults;
  readonly reading?: Reading | null;
}

/** Reads a chunk's rows; the same rows of the same import say the same. */
export function readRows<Said extends object, Defaults extends object>(
  file: ResourceFile<Said, Defaults>,
  rows: readonly RawRow[],
  { created_at, defaults, reading }: Reader<Defaults>,
): ReadRows<Said> {
  const read: ReadRow<Said>[] = [];
  const errors: RowError[] = [];
  const unknownTypes = new Map<string, number>();
  const options = { defaults, reading: reading ?? noReading, asOf: created_at.slice(0, 10) };
  let failed = 0;
  let skipped = 0;
  for (const raw of rows)
    try {
      if ("errors" in raw) throw new Problem("invalid_input", "The row cannot be read", raw);
      const said = file.readRow(raw, options);
      if (!said) {
        skipped++;
        continue;
      }
      const unknown = file.unknownType?.(said);
      if (unknown !== undefined) unknownTypes.set(unknown, (unknownTypes.get(unknown) ?? 0) + 1);
      read.push({ row: raw.row, said });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failed++;
      errors.push(...errorsOf(raw.row, error));
    }
  return { rows: read, errors, failed, skipped, unknownTypes };
}

/** A problem with a row, as an import lists it. */
export function errorsOf(row: number, { errors, message }: Problem): RowError[] {
  return (errors ?? [{ path: "", message }]).map((error) => ({ row, ...error }));
}
