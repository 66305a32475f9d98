import type { Group } from "../domain/import/groups.ts";
import type { Undone } from "../domain/import/progress.ts";
import { importRecord, type Skipped, type StoredImport, type UndoMark } from "../domain/import.ts";
import { propertyRecord, type StoredProperty } from "../domain/property-record.ts";
import { writeAll } from "./bulk.ts";
import { beforeKey } from "./imports.ts";
import { fromItem, isAlive, recordKey } from "./record-item.ts";
import { changeRecord, deleteRecord } from "./records.ts";
import type { Item, TableWriter, Write } from "./table.ts";

/**
 * Undoes the rows: removes properties that the import created, restores the former values of those it changed, and
 * skips those written since. Each is undone exactly once however often this runs: its mark names the undone row.
 */
export async function undoRows(
  table: TableWriter,
  job: StoredImport,
  groups: readonly Group[],
  now: Date,
): Promise<Undone[]> {
  const jobKey = recordKey(job.brokerage_id, importRecord, job.id);
  const decisions = await writeAll(
    table,
    groups,
    ({ id }) => [recordKey(job.brokerage_id, propertyRecord, id), beforeKey(jobKey, id)],
    (group, [item, before]) => decide(job, group, item, before?.value as Item | undefined, now),
  );
  return decisions.map(({ outcome }) => outcome);
}

function decide(
  job: StoredImport,
  { id, rows }: Group,
  item: Item | undefined,
  before: Item | undefined,
  now: Date,
): { outcome: Undone; writes: readonly Write[] } {
  const { row } = rows.at(-1)!;
  const nothing = { outcome: undefined, writes: [] };
  const left = (reason: Skipped["reason"]) => ({ outcome: { row, property_id: id, reason }, writes: [] });
  const property = item && fromItem(propertyRecord, item);
  if (property?.undone?.import_id === job.id)
    return property.undone.row === row
      ? { outcome: isAlive(item) ? "restored" : "removed", writes: [] }
      : nothing;

  const mark = property?.import;
  const isOurs = mark?.import_id === job.id;
  if (!before && !isOurs && mark?.created_by !== job.id) return nothing;
  if (!property || !isAlive(item)) return left("deleted");
  if (!isOurs) return left("imported_again");
  if (mark.version !== property.version) return mark.row === row ? left("edited") : nothing;

  const undone = { import_id: job.id, row };
  const stamp = { now, written: job.undo_asked! };
  return before
    ? { outcome: "restored", writes: restored(property, fromItem(propertyRecord, before), undone, stamp) }
    : { outcome: "removed", writes: deleteRecord(propertyRecord, { ...property, undone }, stamp) };
}

/** The former values as the next version; still untouched since an earlier import, if they were. */
function restored(
  property: StoredProperty,
  former: StoredProperty,
  undone: UndoMark,
  stamp: Parameters<typeof deleteRecord>[2],
): readonly Write[] {
  const { id, brokerage_id, version, created_at, updated_at, written, ...fields } = former;
  const mark = former.import;
  const isUntouched = mark?.version === version;
  const kept = isUntouched ? { ...mark, version: property.version + 1 } : mark;
  return changeRecord(propertyRecord, property, { ...fields, import: kept, undone }, stamp).writes;
}
