import { appendToLog, withoutErased } from "../../shared/data/log.ts";
import { tableFor } from "../../shared/data/table.ts";
import { happeningIn, loggedItems } from "../../shared/domain/log.ts";
import { streamConsumer } from "../../shared/entry/definition.ts";

export const writeLog = streamConsumer({
  id: "writeLog",
  summary: "Append every change to the log of its brokerage",
  impact: "Audits and the feed of changes lag behind; integrators' copies grow old.",
  // A transaction commits up to 45 entries of the log.
  batch: 45,
  // Not its own entries, marks and heads.
  only: Object.values(loggedItems),
  access: { table: tableFor("GetItem", "PutItem") },
  async runBatch({ changes, table, now, written }) {
    const told = changes.flatMap(({ before, after }) => happeningIn(before, after) ?? []);
    const happened = await withoutErased(table, told, now);
    const logs = Map.groupBy(happened, ({ brokerage_id }) => brokerage_id);
    const ends = await Promise.allSettled(
      [...logs].map(([id, happenings]) => appendToLog(table, id, happenings, { now, written })),
    );
    // What one brokerage's log refuses must not keep the others from theirs; the batch is delivered again.
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  },
});
