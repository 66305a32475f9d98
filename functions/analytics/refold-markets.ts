import { sendTo } from "../../shared/data/queue.ts";
import { schedule } from "../../shared/entry/definition.ts";

export const refoldMarkets = schedule({
  id: "refoldMarkets",
  summary: "Queue every brokerage's market view",
  impact: "The market view lacks the latest sales and the new month.",
  everyMinutes: 24 * 60,
  timeout: 30,
  access: { queue: sendTo("marketviews") },
  // The worker goes through the brokerages page by page.
  run: ({ queue }) => queue.send({ brokerages_from: null }),
});
