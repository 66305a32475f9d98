import type { Undone } from "../domain/import/progress.ts";
import type { ReadRow } from "../domain/import/rows.ts";
import type { Skipped, StoredImport, UndoMark } from "../domain/import.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { decideAll } from "./bulk.ts";
import type { Importable, Imported, Touched } from "./imported-as.ts";
import { fromItem, isAlive } from "./record-item.ts";
import { changeRecord, deleteRecord } from "./records.ts";
import type { TableWriter, Write } from "./table.ts";

/**
 * Undoes the rows: removes records that the import created, restores the former values of those it changed, and
 * skips those written since. Each is undone exactly once however often this runs: its mark names the undone row.
 */
export async function undoRows(
  table: TableWriter,
  job: StoredImport,
  importable: Importable,
  rows: readonly ReadRow<object>[],
  now: Date,
): Promise<Undone[]> {
  let touched: readonly Touched[] = [];
  const decisions = await decideAll<ReadRow<object>, Decision>(table, rows, async (pending) => {
    touched = await importable.touched(table, job, pending);
    return touched.map((one) => ({ of: one.rows, decision: decide(job, importable, one, now) }));
  });
  return decisions.map(({ outcome }) => outcome);
}

interface Decision {
  readonly outcome: Undone;
  readonly writes: readonly Write[];
}

function decide(job: StoredImport, { type, named }: Importable, touched: Touched, now: Date): Decision {
  const { id, row, item, before, tells } = touched;
  const nothing = { outcome: undefined, writes: [] };
  const left = (reason: Skipped["reason"]) => ({ outcome: { row, ...named(id), reason }, writes: [] });
  const record = item && (fromItem(type, item) as Imported);
  if (record?.undone?.import_id === job.id)
    return record.undone.row === row
      ? { outcome: isAlive(item) ? "restored" : "removed", writes: [] }
      : nothing;

  const mark = record?.import;
  const isOurs = mark?.import_id === job.id;
  if (!before && !isOurs && mark?.created_by !== job.id) return nothing;
  if (!record || !isAlive(item)) return left("deleted");
  if (!isOurs) return left("imported_again");
  if (mark.version !== record.version) return tells ? left("edited") : nothing;

  const undone = { import_id: job.id, row };
  const stamp = { now, written: job.undo_asked! };
  return before
    ? { outcome: "restored", writes: restored(type, record, fromItem(type, before), undone, stamp) }
    : { outcome: "removed", writes: deleteRecord(type, { ...record, undone }, stamp) as Write[] };
}

/** The former values as the next version; still untouched since an earlier import, if they were. */
function restored(
  type: AnyRecordType,
  record: Imported,
  former: Imported,
  undone: UndoMark,
  stamp: Parameters<typeof deleteRecord>[2],
): readonly Write[] {
  const { id, brokerage_id, version, created_at, updated_at, written, ...fields } = former;
  const mark = former.import;
  const isUntouched = mark?.version === version;
  const kept = isUntouched ? { ...mark, version: record.version + 1 } : mark;
  return changeRecord<AnyRecordType, object>(type, record, { ...fields, import: kept, undone }, stamp).writes;
}
