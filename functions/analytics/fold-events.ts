import { foldForward } from "../../shared/data/fold.ts";
import { refreshStock } from "../../shared/data/stock.ts";
import { tableFor } from "../../shared/data/table.ts";
import type { MetricType } from "../../shared/domain/analytics/event.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachBrokerage } from "../../shared/entry/each-of.ts";

/** Brokerages at the same time: folding one is mostly waiting for the table. */
const atOnce = 16;

/** Events after which the clients, listings or leads that stand are other ones. */
const changesStock: ReadonlySet<MetricType> = new Set([
  ...(["lead_received", "first_response", "client_status_changed"] as const),
  ...(["listed", "status_changed", "closed", "records_imported"] as const),
]);

export const foldEvents = schedule({
  id: "foldEvents",
  summary: "Fold the events that have arrived into the numbers of their days",
  impact: "Analytics and the dashboard show what was, and nothing of the last minutes.",
  everyMinutes: 1,
  timeout: 300,
  memory: 1024,
  access: { table: tableFor("Query", "GetItem", "BatchGetItem", "UpdateItem") },
  async run({ table, now }) {
    await eachBrokerage(
      table,
      async (brokerageId) => {
        const { types, time_zone } = await foldForward(table, brokerageId, now);
        if (time_zone !== undefined && [...types].some((type) => changesStock.has(type)))
          await refreshStock(table, brokerageId, now, time_zone);
      },
      atOnce,
    );
  },
});
