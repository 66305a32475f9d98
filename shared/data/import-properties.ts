import { propertyFile } from "../domain/import/property/file.ts";
import { propertyId } from "../domain/import/property/identity.ts";
import { afterRow, type Row } from "../domain/import/property/row.ts";
import type { ReadRow } from "../domain/import/rows.ts";
import type { StoredImport } from "../domain/import.ts";
import type { NewProperty } from "../domain/property.ts";
import { propertyRecord } from "../domain/property-record.ts";
import type { PropertyFields } from "../domain/property-status.ts";
import { readAll } from "./bulk.ts";
import { importerAsOwner } from "./import-owners.ts";
import type { ImportedAs } from "./imported-as.ts";
import { beforeItem, beforeKey } from "./imports.ts";
import { fromItem, recordKey } from "./record-item.ts";
import { create } from "./records.ts";

/** Rows about properties: a row's id is made from its source's id and sale date, so it is known before any read. */
export const importedProperties: ImportedAs<Row, Partial<NewProperty>> = {
  type: propertyRecord,
  file: async () => propertyFile,
  async find(table, job, rows, { attempt, now }) {
    const as = { ...(await importerAsOwner(table, job)), now };
    const groups = grouped(job.brokerage_id, rows);
    // If all rows so far were new properties, the next ones probably are, too.
    const isGuess = attempt === 1 && !job.dry_run && job.rows_updated + job.rows_unchanged === 0;
    const ids = groups.map(({ id }) => id);
    const items = isGuess
      ? []
      : await readAll(
          table,
          ids.map((id) => keyOf(job, id)),
        );
    const kept =
      attempt === 1
        ? []
        : await readAll(
            table,
            ids.map((id) => beforeKey(job, id)),
          );
    return groups.map(({ id, rows }, at) => ({
      id,
      rows: rows.map(({ row, said }) => ({
        row,
        after: (before) => afterRow(before as PropertyFields | undefined, said, as),
      })),
      item: items[at],
      isGuess,
      isKept: kept[at] !== undefined,
    }));
  },
  keep: (job, { item }, now) => [create(beforeItem(job, item!, now))],
  async touched(table, job, rows) {
    const groups = grouped(job.brokerage_id, rows);
    const items = await readAll(
      table,
      groups.flatMap(({ id }) => [keyOf(job, id), beforeKey(job, id)]),
    );
    return groups.map(({ id, rows }, at) => {
      const { row } = rows.at(-1)!;
      const item = items[2 * at];
      const mark = item && fromItem(propertyRecord, item).import;
      const before = items[2 * at + 1]?.value as typeof item;
      return { rows, row, id, item, before, tells: mark?.row === row };
    });
  },
  named: (property_id) => ({ property_id }),
};

/** A chunk's rows by the property they are about. */
function grouped(brokerageId: string, rows: readonly ReadRow<Row>[]) {
  const groups = Map.groupBy(rows, ({ said }) => propertyId(brokerageId, said.identity));
  return [...groups].map(([id, rows]) => ({ id, rows }));
}

const keyOf = ({ brokerage_id }: StoredImport, id: string) => recordKey(brokerage_id, propertyRecord, id);
