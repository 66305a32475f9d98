import type { PropertyStep } from "../domain/property.ts";
import { propertyRecord, type StoredProperty } from "../domain/property-record.ts";
import { type ListQuery, type Page, partitionPage } from "./list.ts";
import { recordKey } from "./record-item.ts";
import { create } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { PutWrite, TableQuerier } from "./table.ts";

const prefix = "history#";
const sortKey = (version: number) => `${prefix}${String(version).padStart(12, "0")}`;

/**
 * The write of a history entry for a version that changed the property's status or price; undefined when it changed
 * neither. A creation changes nothing (an import of thousands of sales would be written twice): what a property began
 * with are the previous values of its first step, or its own where there is none. The write follows from the two
 * versions alone and never replaces one: the same change again, in any order, is the same history.
 */
export function stepOf(last: StoredProperty, next: StoredProperty): PutWrite | undefined {
  if (last.status === next.status && last.price === next.price) return undefined;
  const step: PropertyStep = {
    version: next.version,
    changed_at: next.updated_at,
    changed_by: next.written.by,
    status: next.status,
    previous_status: last.status,
    price: next.price,
    previous_price: last.price,
  };
  const { pk } = recordKey(next.brokerage_id, propertyRecord, next.id);
  return create(
    withSchemaVersion("history", { pk, sk: sortKey(next.version), ...step, written: next.written }),
  );
}

/** One page of a property's steps, newest first. Strongly consistent; a step follows its change within seconds. */
export function historyPage(
  table: TableQuerier,
  { brokerage_id, id }: StoredProperty,
  query: ListQuery,
  cursorKey: string,
): Promise<Page<PropertyStep>> {
  return partitionPage(table, recordKey(brokerage_id, propertyRecord, id), prefix, query, cursorKey);
}
