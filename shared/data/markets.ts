import type { Market } from "../domain/cma/market.ts";
import { type Home, kindOf } from "../domain/cma/sale.ts";
import { geohash } from "../domain/geo.ts";
import type { Written } from "../domain/invocation.ts";
import { allOf } from "./list.ts";
import { pack, unpack } from "./packed.ts";
import { create, firstVersion, nextVersion, recordKey, type Stored } from "./records.ts";
import type { Item, TableQuerier, TableReader, Write } from "./table.ts";

/** The sales of one kind and currency in one area of a brokerage, and what was fitted from them. */
export interface StoredMarket extends Stored {
  readonly entity: "market";
  /** Geohash of 3: some 150 km. */
  readonly area: string;
  /** As `kindOf` names it: homes, land and commercial property are markets of their own. */
  readonly kind: string;
  readonly currency: string;
  /** The `Market`, packed; absent until it is fitted, and while it has no sales. */
  readonly fitted?: Uint8Array | undefined;
}

/** A market's own id: a brokerage has one for each area, kind and currency. */
export const marketId = (home: Pick<Home, "lat" | "lon" | "property_type">, currency: string): string =>
  `${geohash(home, 3)}-${kindOf(home)}-${currency}`;

export const marketKey = (brokerageId: string, id: string) => recordKey(brokerageId, "market", id);

/** Makes a market known, so that it is fitted with the others; fails when it is known. */
export function noteMarket(brokerageId: string, id: string, now: Date, written: Written): Write {
  const [area = "", kind = "", currency = ""] = id.split("-");
  const named = { entity: "market", brokerage_id: brokerageId, id, area, kind, currency } as const;
  return create({ ...marketKey(brokerageId, id), ...named, ...firstVersion({ now, written }) });
}

/** The next version of a market, as fitted now; undefined where it has no sales. */
export function fittedMarket(
  market: StoredMarket,
  fitted: Market | undefined,
  now: Date,
  written: Written,
): Item & StoredMarket {
  return nextVersion(market, { fitted: fitted && pack(fitted) }, now, written) as Item & StoredMarket;
}

/** The fit of the market that a home stands in; undefined until there is one. */
export async function readMarket(
  table: TableReader,
  brokerageId: string,
  home: Home,
  currency: string,
): Promise<Market | undefined> {
  const item = await table.get<Item & StoredMarket>(marketKey(brokerageId, marketId(home, currency)));
  return item && fitOf(item);
}

/** The fit that stands in a market. */
export const fitOf = ({ fitted }: StoredMarket): Market | undefined => fitted && unpack<Market>(fitted);

/** The ids of a brokerage's markets, the first known first. */
export async function* marketIds(table: TableQuerier, brokerageId: string): AsyncGenerator<string> {
  for await (const { id } of allOf(table, brokerageId, "market")) yield String(id);
}
