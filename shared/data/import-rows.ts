import { isDeepStrictEqual } from "node:util";
import { noneCounted, type Wrote } from "../domain/import/progress.ts";
import { errorsOf, type ReadRow } from "../domain/import/rows.ts";
import type { RowError, StoredImport } from "../domain/import.ts";
import { Problem } from "../domain/problem.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { decideAll } from "./bulk.ts";
import type { Found, Importable, Imported } from "./imported-as.ts";
import { fromItem, isAlive } from "./record-item.ts";
import { changeRecord, createRecord, restoreRecord } from "./records.ts";
import type { TableQuerier, TableWriter, Write } from "./table.ts";

/**
 * Writes the rows of a chunk, each exactly once however often this runs: the mark on a record says which rows it has
 * taken and how they were counted. A dry run only counts.
 */
export async function writeRows(
  table: TableQuerier & TableWriter,
  job: StoredImport,
  importable: Importable,
  rows: readonly ReadRow<object>[],
  now: Date,
): Promise<Wrote[]> {
  const rowAt = new Map(rows.map((one) => [one.row, one]));
  return decideAll(table, rows, async (pending, attempt) => {
    const found = await importable.find(table, job, pending, { attempt, now });
    return found.map((one) => {
      const decision = decide(job, importable, one, now);
      return {
        of: one.rows.map(({ row }) => rowAt.get(row)!),
        decision: job.dry_run ? { ...decision, writes: [] } : decision,
        isGuess: one.isGuess ?? false,
      };
    });
  });
}

function decide(
  job: StoredImport,
  importable: Importable,
  found: Found,
  now: Date,
): Wrote & { readonly writes: readonly Write[] } {
  const { type } = importable;
  const { id, rows, item, isKept = false } = found;
  const last = rows.at(-1)!.row;
  const stored = item && (fromItem(type, item) as Imported);
  const mark = stored?.import;
  // Already written by an earlier delivery that crashed before it saved its counters.
  if (mark?.import_id === job.id && mark.row === last)
    return { counted: mark.counted, errors: [], writes: [] };

  const before = isAlive(item) ? stored : undefined;
  const counted = { ...noneCounted };
  // Erased while the import was running: its rows bring nothing back.
  if (stored?.erased_at && !before)
    return { counted: { ...counted, unchanged: rows.length }, errors: [], writes: [] };
  const errors: RowError[] = [];
  let fields: object | undefined = before;
  for (const { row, after } of rows)
    try {
      const next = after(fields);
      counted[!next ? "unchanged" : fields ? "updated" : "created"]++;
      fields = next ?? fields;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      counted.failed++;
      errors.push(...errorsOf(row, error));
    }
  if (!fields || fields === before) return { counted, errors, writes: [] };
  // Rows that contradict each other, and end where they began, change nothing.
  if (before && isDeepStrictEqual({ ...fields }, { ...before })) {
    const unchanged = counted.unchanged + counted.updated;
    return { counted: { ...counted, unchanged, updated: 0 }, errors, writes: [] };
  }

  const marked = {
    ...fields,
    import: {
      import_id: job.id,
      row: last,
      ...(rows.length > 1 ? { rows: rows.map(({ row }) => row) } : {}),
      version: (stored?.version ?? 0) + 1,
      counted,
      created_by: before ? (mark?.created_by ?? null) : job.id,
    },
  };
  const keeps = before && mark?.import_id !== job.id && !isKept;
  const writes = written(job, type, id, marked, { stored, isAlive: before !== undefined }, now);
  return { counted, errors, writes: [...writes, ...(keeps ? importable.keep(job, found, now) : [])] };
}

/** Writes the record over what was read: nothing, a record, or a deleted one. */
function written(
  job: StoredImport,
  type: AnyRecordType,
  id: string,
  fields: object,
  { stored, isAlive }: { readonly stored: Imported | undefined; readonly isAlive: boolean },
  now: Date,
): readonly Write[] {
  const stamp = { now, written: job.asked };
  if (!stored) return createRecord(type, job.brokerage_id, fields, { ...stamp, newId: () => id }).writes;
  if (isAlive) return changeRecord<AnyRecordType, object>(type, stored, fields, stamp).writes;
  return restoreRecord(type, { ...stored, ...fields, created_at: now.toISOString() }, stamp).writes;
}
