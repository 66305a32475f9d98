import type { Market } from "../domain/cma/market.ts";
import type { Home } from "../domain/cma/sale.ts";
import { marketId, marketRecord, type StoredMarket } from "../domain/fitted-market.ts";
import type { Invocation } from "../domain/invocation.ts";
import { entriesIn } from "./list.ts";
import { pack, unpack } from "./packed.ts";
import { createRecord, loadRecord } from "./records.ts";
import type { PutWrite, TableQuerier, TableReader } from "./table.ts";

/** Creates the record of a market, so that it is fitted with the others; fails when it exists. */
export function registerMarket(brokerageId: string, id: string, invocation: Invocation): readonly PutWrite[] {
  const [area = "", kind = "", currency = ""] = id.split("-");
  const market = { id, area, kind, currency, status: "known" } as const;
  return createRecord(marketRecord, brokerageId, market, invocation).writes;
}

/** The fit of the market that a home belongs to; undefined until there is one. */
export async function readMarket(
  table: TableReader,
  brokerageId: string,
  home: Home,
  currency: string,
): Promise<Market | undefined> {
  const market = await loadRecord(table, marketRecord, brokerageId, marketId(home, currency));
  return market && fitOf(market);
}

/** The fit of a market, and as it is stored. */
export const fitOf = ({ fit }: StoredMarket): Market | undefined => fit && unpack<Market>(fit);
export const packedFit = (fit: Market | undefined): Uint8Array | undefined => fit && pack(fit);

/** The ids of a brokerage's markets, oldest first. */
export async function* marketIds(table: TableQuerier, brokerage_id: string): AsyncGenerator<string> {
  for await (const { id } of entriesIn(table, "kind_at", { brokerage_id, kind: marketRecord.name }))
    yield String(id);
}
