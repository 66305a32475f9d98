import { anyone, decide } from "../domain/access.ts";
import type { ListedProperty } from "../domain/property.ts";
import { onOrOffMarket, propertyRecord } from "../domain/property-record.ts";
import {
  boxIn,
  type FilterName,
  filtersOf,
  type PropertyQuery,
  type PublicPropertyQuery,
  type SortField,
} from "../domain/property-search.ts";
import { isPublic } from "../domain/public-property.ts";
import { instant } from "../domain/schemas.ts";
import { type Filter, type Listing, listRecords, type Order, type Page, sorting } from "./list.ts";
import { nearestPage } from "./nearest.ts";
import { searchPage } from "./search.ts";
import type { TableQuerier } from "./table.ts";
import { pageWithin } from "./within.ts";

type Asked = Pick<Listing<typeof propertyRecord>, "caller" | "now" | "cursorKey"> & {
  readonly query: PropertyQuery;
};

/** One page of the properties that the caller may read, by the index that answers most of the query. */
export function propertyPage(
  table: TableQuerier,
  { query, ...asked }: Asked,
): Promise<Page<ListedProperty & { readonly distance_km?: number }>> {
  if (query.near !== undefined) {
    const [lat = 0, lon = 0] = query.near.split(",").map(Number);
    const circle = { centre: { lat, lon }, radiusKm: query.radius_km ?? 50 };
    return nearestPage(table, { ...onTheMap(asked, query), ...circle });
  }
  const { order, descending } = sorting(query, orders);
  const part = { ...asked, type: propertyRecord, query, state: query.status, owner: query.owner_user_id };
  const { q, ...others } = query;
  if (q !== undefined) return searchPage(table, { ...part, q, filters: filters(others, order) });
  if (query.bounds !== undefined)
    return pageWithin(table, { ...onTheMap(asked, query), box: boxIn(query.bounds) });
  return listRecords(table, {
    ...part,
    order,
    descending,
    range: rangeOf(order, query),
    filters: filters(query, order),
  });
}

/** One page of the listings that anyone may read, by the indexes of those on the market. */
export function publicPage(
  table: TableQuerier,
  brokerageId: string,
  { query, ...asked }: Omit<Asked, "caller" | "query"> & { readonly query: PublicPropertyQuery },
): Promise<Page<ListedProperty>> {
  const { order, descending } = sorting(query, orders);
  return listRecords(table, {
    ...asked,
    caller: anyone(brokerageId),
    type: propertyRecord,
    query,
    order,
    descending,
    range: rangeOf(order, query),
    state: query.status,
    filters: filters(query, order),
    leavesOut: (property) => !isPublic(property),
    stableCursors: true,
  });
}

const orders: Record<SortField, Order> = {
  created_at: "created",
  updated_at: "changed",
  price: "rank",
  bedrooms: "bedrooms",
};

function rangeOf(
  order: Order,
  query: PropertyQuery,
): { min?: string | number | undefined; max?: number | undefined } {
  switch (order) {
    case "changed":
      return { min: query.updated_since && instant(query.updated_since) };
    case "rank":
      return { min: query.min_price, max: query.max_price };
    case "bedrooms":
      return { min: query.min_bedrooms, max: query.max_bedrooms };
    case "created":
      return {};
  }
}

/** The filters that the range of each sort answers. */
const ranged: Record<Order, readonly FilterName[]> = {
  created: [],
  changed: ["updated_since"],
  rank: ["min_price", "max_price"],
  bedrooms: ["min_bedrooms", "max_bedrooms"],
};

function filters(query: PropertyQuery, order: Order): Filter<ListedProperty>[] {
  return [...filtersOf(query)].map(([name, holds]) => ({
    holds,
    answeredBy:
      name === "status"
        ? "state"
        : name === "owner_user_id"
          ? "owner"
          : ranged[order].includes(name)
            ? "range"
            : undefined,
  }));
}

/** What a list over the map is about. */
function onTheMap({ caller, now, cursorKey }: Omit<Asked, "query">, query: PropertyQuery) {
  const open = [...filtersOf(query).values()];
  return {
    brokerageId: caller.brokerage_id,
    markets: query.status ? [onOrOffMarket(query.status)] : (["on", "off"] as const),
    matches: (property: ListedProperty) =>
      decide(caller, "property:read", property, now).allowed && open.every((holds) => holds(property)),
    query,
    cursorKey,
  };
}
