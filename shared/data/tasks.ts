import { type Caller, decide } from "../domain/access.ts";
import { invalidInput } from "../domain/problem.ts";
import { propertyRecord } from "../domain/property-record.ts";
import type { ListedOf } from "../domain/record-type.ts";
import { instant } from "../domain/schemas.ts";
import { type StoredTask, type TaskQuery, taskFilters, taskRecord } from "../domain/task.ts";
import { type Filter, type Listing, listRecords, type Order, type Page, sorting } from "./list.ts";
import { loadRecord } from "./records.ts";
import type { TableQuerier, TableReader } from "./table.ts";

/** Checks that the caller may read the property that a task is about. Throws 400. */
export async function checkTaskLinks(
  table: TableReader,
  caller: Caller,
  { property_id }: Partial<Pick<StoredTask, "property_id">>,
  now: Date,
): Promise<void> {
  if (!property_id) return;
  const property = await loadRecord(table, propertyRecord, caller.brokerage_id, property_id);
  if (!property || !decide(caller, "property:read", property, now).allowed)
    throw invalidInput("/property_id", "must be a property that you may read");
}

type Asked = Pick<Listing<typeof taskRecord>, "caller" | "now" | "cursorKey"> & { readonly query: TaskQuery };

/** One page of the tasks that the caller may read, by the index that answers most of the query. */
export function taskPage(
  table: TableQuerier,
  { query, ...asked }: Asked,
): Promise<Page<ListedOf<typeof taskRecord>>> {
  const { due_before, updated_since } = query;
  const { order, descending } = sorting(query, orders);
  return listRecords(table, {
    ...asked,
    type: taskRecord,
    query,
    order,
    descending,
    range: {
      min: order === "changed" && updated_since ? instant(updated_since) : undefined,
      // Before, and not at.
      max: order === "rank" && due_before ? Date.parse(due_before) - 1 : undefined,
    },
    state: query.status,
    owner: query.owner_user_id,
    ofProperty: query.property_id,
    filters: taskFilters(query).map(({ name, holds }) => ({ holds, answeredBy: answers[name]?.(order) })),
  });
}

const orders = { created_at: "created", updated_at: "changed", due_date: "rank" } as const;

const answers: Partial<Record<string, (order: Order) => Filter<StoredTask>["answeredBy"]>> = {
  status: () => "state",
  owner_user_id: () => "owner",
  due_before: (order) => (order === "rank" ? "range" : undefined),
  updated_since: (order) => (order === "changed" ? "range" : undefined),
};
