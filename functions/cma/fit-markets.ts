import * as z from "zod/mini";
import { fitOf, fittedMarket, marketsDue, type StoredMarket } from "../../shared/data/markets.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { replace } from "../../shared/data/records.ts";
import { salesOfArea } from "../../shared/data/sales.ts";
import { ConditionFailed, type TableQuerier, tableFor } from "../../shared/data/table.ts";
import { learnMarket } from "../../shared/domain/cma/learned-market.ts";
import type { Market } from "../../shared/domain/cma/market.ts";
import { dateOf, dayOf, kindOf } from "../../shared/domain/cma/sale.ts";
import { id } from "../../shared/domain/schemas.ts";
import { queueWorker } from "../../shared/entry/definition.ts";
import { errorFields, log } from "../../shared/entry/log.ts";

/**
 * Fits one of a brokerage's markets that are due and sends for the next. Any number of deliveries fit each market
 * once: what was fitted since `since` is due no more.
 */
export const fitMarkets = queueWorker({
  id: "fitMarkets",
  queue: "markets",
  summary: "Fit a market from its sales: what features are worth, and how far analyses were off",
  impact: "Market analyses take their rates from an older fit of the market, or from their own candidates.",
  memory: 1769,
  access: { table: tableFor("GetItem", "Query", "PutItem"), queue: sendTo("markets") },
  message: z.object({ brokerage_id: id, since: z.iso.datetime() }),
  async run({ message, table, queue, now, written, lastTry }) {
    const [market, ...more] = await marketsDue(table, message.brokerage_id, message.since);
    if (!market) return;
    // One that cannot be fitted keeps its older fit, and the others not from theirs.
    const fit = await newFit(table, market).catch((error) => {
      if (!lastTry) throw error;
      log("market_not_fitted", {
        brokerage_id: market.brokerage_id,
        market_id: market.id,
        ...errorFields(error),
      });
      return fitOf(market);
    });
    await table.commit([replace(fittedMarket(market, fit, now, written))]).catch((error) => {
      if (!(error instanceof ConditionFailed)) throw error;
    });
    if (more.length > 0) await queue.send(message);
  },
});

async function newFit(table: TableQuerier, market: StoredMarket): Promise<Market | undefined> {
  const all = await salesOfArea(table, market.brokerage_id, market.area);
  const sales = all.filter((sale) => kindOf(sale) === market.kind);
  const last = sales.at(-1);
  // As of the day after the last known sale: nothing later is known of the market.
  return last && learnMarket(sales, dateOf(dayOf(last.sale_date) + 1));
}
