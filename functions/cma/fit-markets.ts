import * as z from "zod/mini";
import { brokeragesFrom } from "../../shared/data/directory.ts";
import { hasWork, type Step } from "../../shared/data/jobs.ts";
import { marketIds, packedFit } from "../../shared/data/markets.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { changeInTurn, changeRecord } from "../../shared/data/records.ts";
import { salesOfArea } from "../../shared/data/sales.ts";
import { type TableQuerier, tableFor } from "../../shared/data/table.ts";
import { learnMarket } from "../../shared/domain/cma/learned-market.ts";
import type { Market } from "../../shared/domain/cma/market.ts";
import { dateOf, dayOf, kindOf } from "../../shared/domain/cma/sale.ts";
import { marketRecord, type StoredMarket } from "../../shared/domain/fitted-market.ts";
import { id } from "../../shared/domain/schemas.ts";
import { queueWorker } from "../../shared/entry/definition.ts";
import { jobWorker } from "../../shared/entry/job-worker.ts";

const oneMarket = z.object({ brokerage_id: id, id: z.string() });
const everyMarket = z.strictObject({ brokerage_id: id });
/** Every brokerage's, from a place in their list. */
const everyBrokerage = z.strictObject({
  brokerages_from: z.nullable(z.looseObject({ pk: z.string(), sk: z.string() })),
});

/** Fits one market; one that cannot be fitted keeps its older fit. */
const fitMarket = jobWorker(marketRecord, {
  id: "fitMarkets",
  queue: "markets",
  summary: "Fit a market from its sales: what features are worth, and how far analyses were off",
  impact: "Market analyses take their rates from an older fit of the market, or from their own candidates.",
  memory: 1769,
  access: { table: tableFor("GetItem", "Query", "PutItem") },
  message: { parse: (body) => [oneMarket.parse(body)] },
  async work({ record, table, now }): Promise<Step<typeof marketRecord>> {
    const fit = await fitOf(table, record, now.toISOString().slice(0, 10));
    return { changes: { status: "fitted", fitted_at: now.toISOString(), fit: packedFit(fit) } };
  },
});

/**
 * Handles three messages: fits one market; queues a fit of each market of a brokerage; or queues the next page of
 * brokerages and a message for the page after it. Handling one again costs fits and changes no result.
 */
export const fitMarkets = queueWorker({
  ...fitMarket,
  access: { ...fitMarket.access, queue: sendTo("markets") },
  message: z.union([oneMarket, everyMarket, everyBrokerage]),
  async run({ message, queue, ...context }) {
    if ("id" in message) return fitMarket.run({ ...context, message: [message] });
    const { table, ...stamp } = context;
    if ("brokerages_from" in message) {
      const { ids, next } = await brokeragesFrom(table, message.brokerages_from ?? undefined);
      await Promise.all(ids.map((brokerage_id) => queue.send({ brokerage_id })));
      if (next) await queue.send({ brokerages_from: next });
      return;
    }
    for await (const one of marketIds(table, message.brokerage_id))
      await changeInTurn(table, marketRecord, message.brokerage_id, one, (market) =>
        hasWork(marketRecord, market)
          ? undefined
          : changeRecord(marketRecord, market, { status: "queued" }, stamp).writes,
      );
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
