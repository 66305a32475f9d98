import { sendTo } from "../../shared/data/queue.ts";
import { schedule } from "../../shared/entry/definition.ts";

export const refitMarkets = schedule({
  id: "refitMarkets",
  summary: "Queue a new fit of every brokerage's markets",
  impact: "Market analyses take their rates from an older fit of the market.",
  everyMinutes: 24 * 60,
  timeout: 30,
  access: { queue: sendTo("markets") },
  // The worker goes through the brokerages page by page.
  run: ({ queue }) => queue.send({ brokerages_from: null }),
});
