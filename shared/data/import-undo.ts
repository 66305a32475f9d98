import type { Group } from "../domain/import/groups.ts";
import type { Undone } from "../domain/import/progress.ts";
import type { Skipped } from "../domain/import.ts";
import { writeAll } from "./bulk.ts";
import { beforeKey, type Import, type Stamped, type UndoMark } from "./imports.ts";
import { fromItem, propertyKey, type StoredProperty, toItem } from "./properties.ts";
import { bury, isAlive, replace } from "./records.ts";
import type { TableWriter, Write } from "./table.ts";

/**
 * Takes back what the rows did: removes what the import created, gives what it changed its former values, and
 * leaves what was written since. Exactly once however often this runs: each property says which row was undone.
 */
export async function undoRows(
  table: TableWriter,
  job: Import,
  groups: readonly Group[],
  now: Date,
): Promise<Undone[]> {
  const decisions = await writeAll(
    table,
    groups,
    ({ id }) => [propertyKey(job.brokerage_id, id), beforeKey(job, id)],
    (group, [item, before]) =>
      decide(job, group, item as Stamped | undefined, before?.value as Stamped | undefined, now),
  );
  return decisions.map(({ outcome }) => outcome);
}

function decide(
  job: Import,
  { id, rows }: Group,
  item: Stamped | undefined,
  before: Stamped | undefined,
  now: Date,
): { outcome: Undone; writes: Write[] } {
  const { row } = rows.at(-1)!;
  const nothing = { outcome: undefined, writes: [] };
  const left = (reason: Skipped["reason"]) => ({ outcome: { row, property_id: id, reason }, writes: [] });
  if (item?.undone?.import_id === job.id)
    return item.undone.row === row
      ? { outcome: isAlive(item) ? "restored" : "removed", writes: [] }
      : nothing;

  const stamp = item?.import;
  const isOurs = stamp?.import_id === job.id;
  if (!before && !isOurs && stamp?.created_by !== job.id) return nothing;
  if (!isAlive(item)) return left("deleted");
  if (!isOurs) return left("imported_again");
  if (stamp.version !== item.version) return stamp.row === row ? left("edited") : nothing;

  const undone = { import_id: job.id, row };
  return before
    ? { outcome: "restored", writes: [restore(job, item, before, undone, now)] }
    : { outcome: "removed", writes: [remove(job, item, undone, now)] };
}

/** The former values as the next version; still untouched since an earlier import, if they were. */
function restore(job: Import, item: Stamped, before: Stamped, undone: UndoMark, now: Date): Write {
  const version = item.version + 1;
  const former = fromItem(before);
  const stamp = former.import;
  const property = {
    ...former,
    version,
    updated_at: now.toISOString(),
    ...(stamp?.version === former.version ? { import: { ...stamp, version } } : {}),
  };
  return replace({ ...toItem(job.brokerage_id, property, job.undo_asked!), undone });
}

function remove(job: Import, item: Stamped, undone: UndoMark, now: Date): Write {
  const tombstone = bury(item as unknown as StoredProperty, now, job.undo_asked!);
  return "Put" in tombstone
    ? { ...tombstone, Put: { ...tombstone.Put, Item: { ...tombstone.Put.Item, undone } } }
    : tombstone;
}
