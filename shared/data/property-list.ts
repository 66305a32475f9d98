import { type Caller, decide, listedStatuses, scopeOf } from "../domain/access.ts";
import { type PropertyStatus, type PropertySummary, propertyStatuses } from "../domain/property.ts";
import {
  type Filter,
  filtersOf,
  instant,
  type PropertyQuery,
  type SortField,
} from "../domain/property-search.ts";
import { type ListOptions, listPage, type Page, type Source } from "./list.ts";
import { nearestPage } from "./nearest.ts";
import { marketOf } from "./properties.ts";
import type { TableQuerier } from "./table.ts";

/** One page of the properties that the caller may read, by the index that answers most of the query. */
export function propertyPage(
  table: TableQuerier,
  caller: Caller,
  query: PropertyQuery,
  cursorKey: string,
): Promise<Page<PropertySummary>> {
  return query.near === undefined
    ? listPage(table, { ...planOf(caller, query), audience: "narrowed", query, cursorKey })
    : nearestPage(table, { ...nearestOf(caller, query, query.near), query, cursorKey });
}

type Plan = Pick<ListOptions<PropertySummary>, "sources" | "descending" | "range" | "matches">;

/** Which index answers the query: the sort decides, and what the index leaves open is filtered on its summaries. */
function planOf(caller: Caller, query: PropertyQuery): Plan {
  const { status, min_price, max_price, min_bedrooms, updated_since } = query;
  const sort = query.sort ?? (updated_since === undefined ? "-created_at" : "updated_at");
  const descending = sort.startsWith("-");
  const ofEntity = { brokerage_id: caller.brokerage_id, entity: "property" };
  const each = (
    index: "status_newest" | "status_price" | "status_bedrooms",
    statuses: readonly PropertyStatus[] = query.status ? [query.status] : propertyStatuses,
  ) => statuses.map((status): Source => ({ index, partition: { ...ofEntity, status } }));
  const plan = (sources: readonly Source[], range: Plan["range"], ...answered: Filter[]): Plan => {
    const matches = unanswered(caller, query, answered, sources);
    return { sources, descending, range: range ?? {}, matches };
  };

  switch (sort.replace("-", "") as SortField) {
    case "updated_at": {
      const min = updated_since && instant(updated_since);
      return plan([{ index: "updated", partition: ofEntity }], { min }, "updated_since");
    }
    case "price":
      return plan(
        each("status_price"),
        { min: min_price, max: max_price },
        "status",
        "min_price",
        "max_price",
      );
    case "bedrooms":
      return plan(each("status_bedrooms"), { min: min_bedrooms }, "status", "min_bedrooms");
    case "created_at": {
      const own: Source = { index: "owner", partition: { ...ofEntity, owner_user_id: caller.user_id } };
      const isOwn = scopeOf(caller, "property:read") === "own";
      if (status && isOwn && !isListed(status)) return plan([own], {});
      if (status) return plan(each("status_newest"), {}, "status");
      if (isOwn) return plan([own, ...each("status_newest", listedStatuses)], {});
      return plan([{ index: "newest", partition: ofEntity }], {});
    }
  }
}

function nearestOf(caller: Caller, query: PropertyQuery, near: string) {
  const [lat = 0, lon = 0] = near.split(",").map(Number);
  return {
    brokerageId: caller.brokerage_id,
    centre: { lat, lon },
    radiusKm: query.radius_km ?? 50,
    markets: query.status ? [marketOf(query.status)] : (["on", "off"] as const),
    matches: unanswered(caller, query, [], []) ?? (() => true),
  };
}

/** What the index leaves open: filters, and whether the caller may read it; undefined when it answers all. */
function unanswered(
  caller: Caller,
  query: PropertyQuery,
  answered: readonly Filter[],
  sources: readonly Source[],
): ((property: PropertySummary) => boolean) | undefined {
  const open = [...filtersOf(query)].flatMap(([name, holds]) => (answered.includes(name) ? [] : [holds]));
  const readable = sources.map(
    ({ index, partition }) => index === "owner" || ("status" in partition && isListed(partition.status)),
  );
  const isReadable = readable.length > 0 && readable.every(Boolean);
  if (!isReadable && scopeOf(caller, "property:read") !== "brokerage")
    open.push((property) => decide(caller, "property:read", property).allowed);
  return open.length === 0 ? undefined : (property) => open.every((holds) => holds(property));
}

const isListed = (status: string) => listedStatuses.some((listed) => listed === status);
