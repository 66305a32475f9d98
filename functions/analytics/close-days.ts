import { closeDays as closeDaysOf } from "../../shared/data/closing.ts";
import { tableFor } from "../../shared/data/table.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachBrokerage } from "../../shared/entry/each-of.ts";

/** Brokerages at the same time: each keeps the numbers of one day in memory. */
const atOnce = 4;

export const closeDays = schedule({
  id: "closeDays",
  summary: "Fold the days that ended 8 days ago once more from their events, and make them final",
  impact: "Numbers stay open, and a brokerage that changes its time zone sees days of the old one.",
  everyMinutes: 60,
  timeout: 900,
  memory: 1024,
  access: { table: tableFor("Query", "GetItem", "BatchGetItem", "UpdateItem") },
  async run({ table, now }) {
    await eachBrokerage(
      table,
      async (brokerageId) => {
        for await (const _ of closeDaysOf(table, brokerageId, now));
      },
      atOnce,
    );
  },
});
