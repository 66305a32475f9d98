import { type ClientSummary, clientRecord } from "../domain/client.ts";
import { type ClientQuery, clientFilters } from "../domain/client-search.ts";
import { instant } from "../domain/schemas.ts";
import { type Filter, type Listing, listRecords, type Order, type Page, sorting } from "./list.ts";
import { searchPage } from "./search.ts";
import type { TableQuerier } from "./table.ts";

type Asked = Pick<Listing<typeof clientRecord>, "caller" | "now" | "cursorKey"> & {
  readonly query: ClientQuery;
};

/** One page of the clients that the caller may read, by the index that answers most of the query. */
export function clientPage(table: TableQuerier, { query, ...asked }: Asked): Promise<Page<ClientSummary>> {
  const { min_lead_score, updated_since } = query;
  const part = { state: query.nurture_status, owner: query.owner_user_id };
  if (query.q !== undefined)
    return searchPage(table, {
      ...asked,
      ...part,
      type: clientRecord,
      query,
      q: query.q,
      filters: clientFilters(query),
    });
  const { order, descending } = sorting(query, orders);
  return listRecords(table, {
    ...asked,
    type: clientRecord,
    query,
    order,
    descending,
    range: {
      min:
        order === "rank"
          ? min_lead_score
          : order === "changed" && updated_since
            ? instant(updated_since)
            : undefined,
    },
    ...part,
    filters: clientFilters(query).map(({ name, holds }) => ({ holds, answeredBy: answers[name]?.(order) })),
  });
}

const orders = { created_at: "created", updated_at: "changed", lead_score: "rank" } as const;

const answers: Partial<Record<string, (order: Order) => Filter<ClientSummary>["answeredBy"]>> = {
  nurture_status: () => "state",
  owner_user_id: () => "owner",
  min_lead_score: (order) => (order === "rank" ? "range" : undefined),
  updated_since: (order) => (order === "changed" ? "range" : undefined),
};
