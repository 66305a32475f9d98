import { getCma, notCompleted } from "../../shared/data/cmas.ts";
import { changeRecord, loadRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Cma, cmaRecord, withAnalysis } from "../../shared/domain/market-analysis.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";
import { readPresented } from "../../shared/report/presented.ts";

export const approveCma = operation({
  id: "approveCma",
  method: "POST",
  path: "/v1/cmas/{cma_id}/approve",
  permission: "cma:write",
  summary: "Approve a market analysis before it is shared",
  description:
    "Approval freezes the report: names, address and photos stay as they are now. Approving it again changes nothing.",
  answer: { status: 200, body: Cma },
  problems: ["not_completed"],
  access: { table: writeTable("Query", "PutItem") },
  record: recordAt(cmaRecord, "cma_id"),
  async run({ record: cma, caller, table, commit, ...invoked }) {
    if (cma.status !== "completed" || cma.suggested_price === null) throw notCompleted(cma);
    if (cma.approved_at) return commit([], cma);
    const approval = { approved_at: invoked.now.toISOString(), approved_by: caller.user_id };
    // The report keeps this approved state even if the records change.
    const presented = await readPresented(table, { ...cma, ...approval });
    const { record, writes } = changeRecord(cmaRecord, cma, { ...approval, presented }, invoked);
    return commit(writes, record).catch(async (error) => {
      // Someone else approved it at the same time: their approval counts.
      const current = await loadRecord(table, cmaRecord, caller.brokerage_id, cma.id);
      if (current?.approved_at) return current;
      throw error instanceof Problem && error.code === "stale_version" ? new Problem("conflict") : error;
    });
  },
  // The analysis never changes: it is read for the answer, and not kept once more for a repeated Idempotency-Key.
  async present(cma, { table }) {
    return withAnalysis(cma, (await getCma(table, cma.brokerage_id, cma.id))?.analysis ?? null);
  },
});
