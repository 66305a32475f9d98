import { dueBy } from "../../shared/data/due.ts";
import { aliveIn, recordKey } from "../../shared/data/record-item.ts";
import { refreshStock } from "../../shared/data/stock.ts";
import { tableFor } from "../../shared/data/table.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachOf } from "../../shared/entry/each-of.ts";

/** Brokerages of a run, and of those at the same time. */
const [most, atOnce] = [2000, 8];

export const takeStock = schedule({
  id: "takeStock",
  summary: "Count clients, listings, overdue tasks and unanswered leads of brokerages where that is due",
  impact: "Numbers of how much there is (clients by status, listings, overdue tasks) are older than an hour.",
  everyMinutes: 1,
  timeout: 300,
  access: { table: tableFor("GetItem", "Query", "UpdateItem") },
  async run({ table, now }) {
    await eachOf(
      await dueBy(table, "stock", now, most),
      ({ brokerage_id }) => ({ brokerage_id }),
      async ({ brokerage_id }) => {
        const id = String(brokerage_id);
        const brokerage = aliveIn(brokerageRecord, await table.get(recordKey(id, brokerageRecord, id)));
        if (brokerage) await refreshStock(table, id, now, brokerage.time_zone);
      },
      atOnce,
    );
  },
});
