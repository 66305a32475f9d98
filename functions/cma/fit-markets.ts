import * as z from "zod/mini";
import { fittedMarket, marketIds, marketKey, type StoredMarket } from "../../shared/data/markets.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { isAlive, replace, tryCommit } from "../../shared/data/records.ts";
import { salesOfArea } from "../../shared/data/sales.ts";
import { type Item, type TableQuerier, tableFor } from "../../shared/data/table.ts";
import { learnMarket } from "../../shared/domain/cma/learned-market.ts";
import type { Market } from "../../shared/domain/cma/market.ts";
import { dateOf, dayOf, kindOf } from "../../shared/domain/cma/sale.ts";
import { id } from "../../shared/domain/schemas.ts";
import { queueWorker } from "../../shared/entry/definition.ts";

/** Fits a market, or sends for each of a brokerage's; a market that cannot be fitted keeps its older fit. */
export const fitMarkets = queueWorker({
  id: "fitMarkets",
  queue: "markets",
  summary: "Fit a market from its sales: what features are worth, and how far analyses were off",
  impact: "Market analyses take their rates from an older fit of the market, or from their own candidates.",
  memory: 1769,
  access: { table: tableFor("GetItem", "Query", "PutItem"), queue: sendTo("markets") },
  message: z.object({ brokerage_id: id, market_id: z.optional(z.string()) }),
  async run({ message: { brokerage_id, market_id }, table, queue, now, written }) {
    if (market_id === undefined) {
      for await (const one of marketIds(table, brokerage_id))
        await queue.send({ brokerage_id, market_id: one });
      return;
    }
    const market = await table.get<Item & StoredMarket>(marketKey(brokerage_id, market_id));
    if (!isAlive(market)) return;
    const fit = await fitOf(table, market, now.toISOString().slice(0, 10));
    await tryCommit(table, [replace(fittedMarket(market, fit, now, written))]);
  },
});

/** The fit as of the day after the last sale before today: nothing later is known of the market. */
async function fitOf(table: TableQuerier, market: StoredMarket, today: string): Promise<Market | undefined> {
  const all = await salesOfArea(table, market.brokerage_id, market.area);
  const sales = all.filter(
    (sale) => kindOf(sale) === market.kind && sale.currency === market.currency && sale.sale_date < today,
  );
  const last = sales.at(-1);
  return last && learnMarket(sales, dateOf(dayOf(last.sale_date) + 1));
}
