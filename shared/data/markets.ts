import type { Market } from "../domain/cma/market.ts";
import { type Home, kindOf } from "../domain/cma/sale.ts";
import { geohash } from "../domain/geo.ts";
import { pack, unpack } from "./packed.ts";
import { create, firstVersion, isAlive, nextVersion, recordKey, type Stored } from "./records.ts";
import type { Item, TableQuerier, TableReader, Write, Written } from "./table.ts";

/** The sales of one kind in one area of a brokerage, and what was fitted from them. */
export interface StoredMarket extends Stored {
  readonly entity: "market";
  /** Geohash of 3: some 150 km. */
  readonly area: string;
  /** As `kindOf` names it: homes, land and commercial property are markets of their own. */
  readonly kind: string;
  /** When it was last fitted; empty until then. */
  readonly fitted_at: string;
  /** The `Market`, packed; absent while it has no sales. */
  readonly fitted?: Uint8Array | undefined;
}

/** A market's own id: a brokerage has one for each kind and area. */
export const marketId = (home: Pick<Home, "lat" | "lon" | "property_type">): string =>
  `${geohash(home, 3)}-${kindOf(home)}`;

export const marketKey = (brokerageId: string, id: string) => recordKey(brokerageId, "market", id);

const marketItem = (market: StoredMarket): Item & StoredMarket =>
  ({ ...market, summary: { fitted_at: market.fitted_at } }) as Item & StoredMarket;

/** Makes a market known, so that it is fitted with the others; fails when it is known. */
export function noteMarket(brokerageId: string, id: string, now: Date, written: Written): Write {
  const [area = "", kind = ""] = id.split("-");
  return create(
    marketItem({
      ...marketKey(brokerageId, id),
      entity: "market",
      brokerage_id: brokerageId,
      id,
      ...firstVersion({ now, written }),
      area,
      kind,
      fitted_at: "",
    }),
  );
}

/** The next version of a market, as fitted now; undefined where it has no sales. */
export function fittedMarket(
  market: StoredMarket,
  fitted: Market | undefined,
  now: Date,
  written: Written,
): Item & StoredMarket {
  const changes = { fitted_at: now.toISOString(), fitted: fitted && pack(fitted) };
  return marketItem(nextVersion(market, changes, now, written));
}

/** The fit of the market that a home stands in; undefined until there is one. */
export async function readMarket(
  table: TableReader,
  brokerageId: string,
  home: Home,
): Promise<Market | undefined> {
  const item = await table.get<Item & StoredMarket>(marketKey(brokerageId, marketId(home)));
  return item && fitOf(item);
}

/** The fit that stands in a market. */
export const fitOf = ({ fitted }: StoredMarket): Market | undefined => fitted && unpack<Market>(fitted);

/** The brokerage's markets that were not fitted since a moment, the first known first. */
export async function marketsDue(
  table: TableQuerier & TableReader,
  brokerageId: string,
  since: string,
): Promise<StoredMarket[]> {
  const { items } = await table.query({
    IndexName: "newest",
    KeyConditionExpression: "brokerage_id = :brokerage_id AND entity = :entity",
    ExpressionAttributeValues: { ":brokerage_id": brokerageId, ":entity": "market" },
  });
  const maybe = items.filter(({ summary }) => (summary as { fitted_at: string }).fitted_at < since);
  // The index lags behind what was fitted a moment ago.
  const read = await Promise.all(maybe.map((item) => table.get<Item & StoredMarket>(item)));
  return read.filter(isAlive).filter(({ fitted_at }) => fitted_at < since);
}
