import { clientRecord, idsOf } from "../domain/client.ts";
import type { ListedOf } from "../domain/record-type.ts";
import { instant } from "../domain/schemas.ts";
import {
  isFinished,
  type StoredTask,
  type TaskQuery,
  taskFilters,
  taskRecord,
  taskStatuses,
} from "../domain/task.ts";
import { type Filter, type Listing, listRecords, type Order, type Page, sorting } from "./list.ts";
import { loadRecord } from "./records.ts";
import { searchPage } from "./search.ts";
import type { TableQuerier, TableReader } from "./table.ts";

type Asked = Pick<Listing<typeof taskRecord>, "caller" | "now" | "cursorKey"> & { readonly query: TaskQuery };

/** One page of the tasks that the caller may read, by the index that answers most of the query. */
export async function taskPage(
  table: TableQuerier,
  { query, ...asked }: Asked,
): Promise<Page<ListedOf<typeof taskRecord>>> {
  const { client_id } = query;
  const clients =
    client_id === undefined ? undefined : await clientIds(table, asked.caller.brokerage_id, client_id);
  const isDue = query.due_from !== undefined || query.due_before !== undefined;
  const { order, descending } = sorting(
    isDue && query.sort === undefined ? { sort: "due_date" } : query,
    orders,
  );
  const part = { ...asked, type: taskRecord, query, state: statesOf(query), owner: query.owner_user_id };
  const filters = taskFilters(query, clients ?? []);
  if (query.q !== undefined) return searchPage(table, { ...part, q: query.q, filters });
  return listRecords(table, {
    ...part,
    order,
    descending,
    range: rangeOf(order, query),
    ofProperty: query.property_id,
    ofClient: clients,
    filters: filters
      .filter(({ name }) => name !== (query.property_id === undefined ? "client_id" : "property_id"))
      .map(({ name, holds }) => ({ holds, answeredBy: answers[name]?.(order) })),
  });
}

/** A client, and those who were merged into it. */
async function clientIds(table: TableReader, brokerageId: string, id: string): Promise<readonly string[]> {
  const client = await loadRecord(table, clientRecord, brokerageId, id);
  return client ? idsOf(client) : [id];
}

function rangeOf(
  order: Order,
  { due_from, due_before, updated_since }: TaskQuery,
): Listing<typeof taskRecord>["range"] {
  if (order === "changed") return { min: updated_since && instant(updated_since) };
  if (order !== "rank") return {};
  // Before, and not at.
  return { min: due_from && Date.parse(due_from), max: due_before && Date.parse(due_before) - 1 };
}

/** The states that the query asks for; undefined where it does not say. */
function statesOf({ status, is_finished }: TaskQuery): readonly string[] | undefined {
  if (status === undefined && is_finished === undefined) return undefined;
  return taskStatuses.filter(
    (one) =>
      (status === undefined || one === status) &&
      (is_finished === undefined || String(isFinished({ status: one })) === is_finished),
  );
}

const isRank = (order: Order) => (order === "rank" ? "range" : undefined);

const orders = { created_at: "created", updated_at: "changed", due_date: "rank" } as const;

const answers: Partial<Record<string, (order: Order) => Filter<StoredTask>["answeredBy"]>> = {
  status: () => "state",
  is_finished: () => "state",
  owner_user_id: () => "owner",
  due_from: isRank,
  due_before: isRank,
  updated_since: (order) => (order === "changed" ? "range" : undefined),
};
