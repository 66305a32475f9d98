import { nameOf } from "../domain/geo.ts";
import type { IndexName } from "./schema.ts";
import type { Item, TableQuerier } from "./table.ts";

export type Market = "on" | "off";

/** Binary digits of the smallest cells, 38 by 19 m: the `geohash` of an entry. */
export const mostDigits = 40;

/** A part of the map, as cells in binary digits from the first to the last, all of one `area`. */
interface Stretch {
  readonly brokerageId: string;
  /** On the market or off it. */
  readonly market: Market;
  readonly first: string;
  readonly last: string;
}

/** One Query of the properties in a stretch of the map, in the order of their geohashes. */
export const entriesAt = (
  table: TableQuerier,
  { brokerageId, market, first, last }: Stretch,
  limit: number,
  after: Item | undefined,
): ReturnType<TableQuerier["query"]> =>
  table.query({
    IndexName: "place" satisfies IndexName,
    KeyConditionExpression:
      "brokerage_id = :brokerage AND area = :area AND market = :market AND geohash BETWEEN :from AND :to",
    ExpressionAttributeValues: {
      ":brokerage": brokerageId,
      ":area": nameOf(first.slice(0, areaDigits)),
      ":market": market,
      ":from": nameOf(first.padEnd(mostDigits, "0")),
      ":to": nameOf(last.padEnd(mostDigits, "1")),
    },
    Limit: limit,
    ExclusiveStartKey: after,
  });

/** Binary digits of the cells that partition the index: three letters of a geohash. */
export const areaDigits = 15;
