import { allBrokerages } from "../../shared/data/brokerages.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { tableFor } from "../../shared/data/table.ts";
import { schedule } from "../../shared/entry/definition.ts";

export const refitMarkets = schedule({
  id: "refitMarkets",
  summary: "Have every brokerage's markets fitted anew",
  impact: "Market analyses take their rates from an older fit of the market.",
  everyMinutes: 24 * 60,
  timeout: 300,
  access: { table: tableFor("Query"), queue: sendTo("markets") },
  async run({ table, queue }) {
    for await (const brokerage_id of allBrokerages(table)) await queue.send({ brokerage_id });
  },
});
