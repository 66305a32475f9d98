import type { RowError } from "../import.ts";
import { Problem } from "../problem.ts";
import type { NewProperty } from "../property.ts";
import type { RawRow } from "./chunk.ts";
import { propertyId } from "./identity.ts";
import { type Row, readRow } from "./row.ts";

/** The rows of one chunk about the same property, in the file's order. */
export interface Group {
  readonly id: string;
  readonly rows: readonly { readonly row: number; readonly said: Row }[];
}

/** A chunk's rows by the property they are about, and the errors of those that cannot be read. */
export function grouped(
  rows: readonly RawRow[],
  { brokerage_id, defaults }: { readonly brokerage_id: string; readonly defaults: Partial<NewProperty> },
): { readonly groups: readonly Group[]; readonly errors: readonly RowError[]; readonly failed: number } {
  const groups = new Map<string, { row: number; said: Row }[]>();
  const errors: RowError[] = [];
  let failed = 0;
  for (const raw of rows)
    try {
      if ("errors" in raw) throw new Problem("invalid_input", "The row cannot be read", raw);
      const said = readRow(raw.cells, raw.columns, defaults);
      const id = propertyId(brokerage_id, said.identity);
      groups.set(id, [...(groups.get(id) ?? []), { row: raw.row, said }]);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failed++;
      errors.push(...errorsOf(raw.row, error));
    }
  return { groups: [...groups].map(([id, rows]) => ({ id, rows })), errors, failed };
}

/** A problem with a row, as an import lists it. */
export function errorsOf(row: number, { errors, message }: Problem): RowError[] {
  return (errors ?? [{ path: "", message }]).map((error) => ({ row, ...error }));
}
