import { streamConsumer } from "../../shared/entry/definition.ts";

/** The stream consumer for the log: reserved as the second consumer, writes nothing yet. */
export const writeLog = streamConsumer({
  id: "writeLog",
  summary: "Read every change for the log",
  impact: "The log of changes lags behind.",
  // A transaction commits up to 45 entries of the log.
  batch: 45,
  access: {},
  async runBatch() {},
});
