import { errorsOf, type Group } from "../domain/import/groups.ts";
import { type Imported, noneCounted } from "../domain/import/progress.ts";
import { afterRow } from "../domain/import/row.ts";
import type { RowError } from "../domain/import.ts";
import { Problem } from "../domain/problem.ts";
import { writeAll } from "./bulk.ts";
import { beforeItem, type Import, type Stamped } from "./imports.ts";
import { fromItem, propertyKey, toItem } from "./properties.ts";
import { create, isAlive } from "./records.ts";
import type { Item, TableWriter, Write } from "./table.ts";

/**
 * Writes what the groups say, each group exactly once however often this runs: a property's stamp tells what its
 * rows were counted as. A dry run only counts.
 */
export function writeRows(
  table: TableWriter,
  job: Import,
  groups: readonly Group[],
  now: Date,
): Promise<Imported[]> {
  return writeAll(
    table,
    groups,
    ({ id }) => [propertyKey(job.brokerage_id, id)],
    (group, [item]) => {
      const decision = decide(job, group, item as Stamped | undefined, now);
      return job.dry_run ? { ...decision, writes: [] } : decision;
    },
    // A file that brought only new properties so far goes on so.
    { probablyNew: !job.dry_run && job.rows_updated + job.rows_unchanged === 0 },
  );
}

function decide(
  job: Import,
  { id, rows }: Group,
  item: Stamped | undefined,
  now: Date,
): Imported & { writes: Write[] } {
  const last = rows.at(-1)!.row;
  const stamp = item?.import;
  // Done before, by a delivery that died before it could say so.
  if (stamp?.import_id === job.id && stamp.row === last)
    return { counted: stamp.counted, errors: [], writes: [] };

  const standing = isAlive(item) ? fromItem(item) : undefined;
  const as = { id, owner_user_id: job.owner_user_id, now };
  const counted = { ...noneCounted };
  const errors: RowError[] = [];
  let property: ReturnType<typeof afterRow> = standing;
  for (const { row, said } of rows)
    try {
      const next = afterRow(property, said, as);
      counted[!next ? "unchanged" : property ? "updated" : "created"]++;
      property = next ?? property;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      counted.failed++;
      errors.push(...errorsOf(row, error));
    }
  if (!property || property === standing) return { counted, errors, writes: [] };

  const version = (item?.version ?? 0) + 1;
  const created_by = standing ? (stamp?.created_by ?? null) : job.id;
  const mark = { import_id: job.id, row: last, version, counted, created_by };
  const next = toItem(job.brokerage_id, { ...property, version, import: mark }, job.asked);
  const keepsBefore = standing && stamp?.import_id !== job.id;
  return {
    counted,
    errors,
    writes: [overwrite(next, item), ...(keepsBefore ? [create(beforeItem(job, item!, now))] : [])],
  };
}

/** Writes an item over what was read, be it nothing, a record or its tombstone. */
function overwrite(next: Item, read: Stamped | undefined): Write {
  if (!read) return create(next);
  return {
    Put: {
      Item: next,
      ConditionExpression: "#version = :read",
      ExpressionAttributeNames: { "#version": "version" },
      ExpressionAttributeValues: { ":read": read.version },
    },
  };
}
