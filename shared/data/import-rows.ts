import { errorsOf, type Group } from "../domain/import/groups.ts";
import { type Imported, noneCounted } from "../domain/import/progress.ts";
import { afterRow } from "../domain/import/row.ts";
import { type ImportMark, importRecord, type RowError, type StoredImport } from "../domain/import.ts";
import { type Owned, onlyTeam } from "../domain/ownership.ts";
import { Problem } from "../domain/problem.ts";
import { propertyRecord, type StoredProperty } from "../domain/property-record.ts";
import type { PropertyFields } from "../domain/property-status.ts";
import { userRecord } from "../domain/user.ts";
import { writeAll } from "./bulk.ts";
import { beforeItem } from "./imports.ts";
import { fromItem, isAlive, recordKey } from "./record-item.ts";
import { changeRecord, create, createRecord, loadRecord, restoreRecord } from "./records.ts";
import type { Item, TableWriter, Write } from "./table.ts";

/**
 * Writes the groups, each exactly once however often this runs: the mark on a property records how its rows were
 * counted. A dry run only counts.
 */
export async function writeRows(
  table: TableWriter,
  job: StoredImport,
  groups: readonly Group[],
  now: Date,
): Promise<Imported[]> {
  const owner = await loadRecord(table, userRecord, job.brokerage_id, job.owner_user_id);
  const owned = { owner_user_id: job.owner_user_id, team_id: onlyTeam(owner?.team_ids ?? []) };
  return writeAll(
    table,
    groups,
    ({ id }) => [recordKey(job.brokerage_id, propertyRecord, id)],
    (group, [item]) => {
      const decision = decide(job, owned, group, item, now);
      return job.dry_run ? { ...decision, writes: [] } : decision;
    },
    // If all rows so far were new properties, the next ones probably are, too.
    { probablyNew: !job.dry_run && job.rows_updated + job.rows_unchanged === 0 },
  );
}

function decide(
  job: StoredImport,
  owned: Owned,
  { id, rows }: Group,
  item: Item | undefined,
  now: Date,
): Imported & { writes: readonly Write[] } {
  const last = rows.at(-1)!.row;
  const found = item && fromItem(propertyRecord, item);
  const mark = found?.import;
  // Already written by an earlier delivery that crashed before it saved its counters.
  if (mark?.import_id === job.id && mark.row === last)
    return { counted: mark.counted, errors: [], writes: [] };

  const before = isAlive(item) ? found : undefined;
  const counted = { ...noneCounted };
  const errors: RowError[] = [];
  let property: ReturnType<typeof afterRow> = before;
  for (const { row, said } of rows)
    try {
      const next = afterRow(property, said, { ...owned, now });
      counted[!next ? "unchanged" : property ? "updated" : "created"]++;
      property = next ?? property;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      counted.failed++;
      errors.push(...errorsOf(row, error));
    }
  if (!property || property === before) return { counted, errors, writes: [] };

  const version = (found?.version ?? 0) + 1;
  const created_by = before ? (mark?.created_by ?? null) : job.id;
  const fields = { ...property, import: { import_id: job.id, row: last, version, counted, created_by } };
  const keepsBefore = before && mark?.import_id !== job.id;
  const kept = keepsBefore
    ? [create(beforeItem(recordKey(job.brokerage_id, importRecord, job.id), job, item!, now))]
    : [];
  return {
    counted,
    errors,
    writes: [...written(job, id, fields, { found, isAlive: before !== undefined }, now), ...kept],
  };
}

/** Writes the property over what was read: nothing, a property, or a deleted one. */
function written(
  job: StoredImport,
  id: string,
  fields: PropertyFields & { readonly import: ImportMark },
  { found, isAlive }: { readonly found: StoredProperty | undefined; readonly isAlive: boolean },
  now: Date,
): readonly Write[] {
  const stamp = { now, written: job.asked };
  if (!found)
    return createRecord(propertyRecord, job.brokerage_id, fields, { ...stamp, newId: () => id }).writes;
  if (isAlive) return changeRecord(propertyRecord, found, fields, stamp).writes;
  return restoreRecord(propertyRecord, { ...found, ...fields, created_at: now.toISOString() }, stamp).writes;
}
