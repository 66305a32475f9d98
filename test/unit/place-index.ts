import type { Item, TableQuerier } from "../../shared/data/table.ts";
import { geohash, type Point } from "../../shared/domain/geo.ts";

type Entry = Item & { readonly geohash: string; readonly id: string };

/** The `place` index of one brokerage, with all its entries off the market. */
export function placeIndex(points: readonly Point[]) {
  const entries = points
    .map(
      ({ lat, lon }, n) =>
        ({
          ...{ pk: `p${n}`, sk: "record", id: `p${String(n).padStart(5, "0")}`, brokerage_id: "b" },
          ...{ geohash: geohash({ lat, lon }, 8), listed: { location: { lat, lng: lon } } },
        }) satisfies Entry,
    )
    .sort((a, b) => (a.geohash + a.id < b.geohash + b.id ? -1 : 1));
  let requests = 0;
  let read = 0;
  const query: TableQuerier["query"] = async (input) => {
    requests++;
    const { ":area": area, ":market": market, ":from": from, ":to": to } = input.ExpressionAttributeValues!;
    const behind = input.ExclusiveStartKey as Entry | undefined;
    const all = entries.filter(
      (entry) =>
        market === "off" &&
        entry.geohash.startsWith(area) &&
        entry.geohash >= from &&
        entry.geohash <= to &&
        (!behind || entry.geohash + entry.id > behind.geohash + behind.id),
    );
    const items = all.slice(0, input.Limit);
    read += items.length;
    return { items, last: items.length < all.length ? items.at(-1) : undefined };
  };
  return { table: { query } as TableQuerier, entries, spent: () => requests, entriesRead: () => read };
}
