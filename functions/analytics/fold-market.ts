import * as z from "zod/mini";
import { brokeragesFrom } from "../../shared/data/directory.ts";
import { foldMarketOf } from "../../shared/data/market-view.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { loadRecord } from "../../shared/data/records.ts";
import { tableFor } from "../../shared/data/table.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { id } from "../../shared/domain/schemas.ts";
import { queueWorker } from "../../shared/entry/definition.ts";

const oneBrokerage = z.strictObject({ brokerage_id: id });
/** Every brokerage, from a place in their list. */
const everyBrokerage = z.strictObject({
  brokerages_from: z.nullable(z.looseObject({ pk: z.string(), sk: z.string() })),
});

/**
 * Handles two messages: computes the market view of one brokerage; or queues the next page of brokerages and a message for
 * the page after it. Handling one again changes no number.
 */
export const foldMarket = queueWorker({
  id: "foldMarket",
  queue: "marketviews",
  summary: "Compute a brokerage's market by month, city and type from its sales and listings",
  impact: "The market view lacks the latest sales.",
  memory: 1769,
  access: {
    table: tableFor("GetItem", "BatchGetItem", "Query", "UpdateItem"),
    queue: sendTo("marketviews"),
  },
  message: z.union([oneBrokerage, everyBrokerage]),
  async run({ message, table, queue, now }) {
    if ("brokerages_from" in message) {
      const { ids, next } = await brokeragesFrom(table, message.brokerages_from ?? undefined);
      await Promise.all(ids.map((brokerage_id) => queue.send({ brokerage_id })));
      if (next) await queue.send({ brokerages_from: next });
      return;
    }
    const { brokerage_id } = message;
    const brokerage = await loadRecord(table, brokerageRecord, brokerage_id, brokerage_id);
    if (brokerage) await foldMarketOf(table, brokerage, now);
  },
});
