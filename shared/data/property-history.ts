import type { PropertyStep } from "../domain/property.ts";
import { besidePage, type Page } from "./list.ts";
import { fromItem, propertyKey } from "./properties.ts";
import { create } from "./records.ts";
import type { Item, TableQuerier, Write } from "./table.ts";

const prefix = "history#";
const sortKey = (version: number) => `${prefix}${String(version).padStart(12, "0")}`;

/**
 * The write that keeps what a version changed of a property's status or price; undefined when it left them as they
 * were. A creation changes nothing (an import of thousands of sales would be written twice): what a property began
 * with are the previous values of its first step, or its own where there is none. The write follows from the two
 * images alone and never replaces what stands: the same change again, in any order, is the same history.
 */
export function stepOf(before: Item | undefined, after: Item | undefined): Write | undefined {
  if (before?.entity !== "property" || after?.entity !== "property") return undefined;
  const [last, next] = [fromItem(before), fromItem(after)];
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
  const { pk } = propertyKey(next.brokerage_id, next.id);
  return create({ pk, sk: sortKey(next.version), ...step, written: next.written });
}

/** One page of a property's steps, newest first. Strongly consistent; a step follows its change within seconds. */
export function historyPage(
  table: TableQuerier,
  property: { readonly brokerage_id: string; readonly id: string },
  query: { readonly limit: number; readonly cursor?: string | undefined },
  cursorKey: string,
): Promise<Page<PropertyStep>> {
  return besidePage(table, propertyKey(property.brokerage_id, property.id), prefix, query, cursorKey);
}
