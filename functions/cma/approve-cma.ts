import { cmaItem, getCma, getCmaRecord, notCompleted, type StoredCma } from "../../shared/data/cmas.ts";
import { nextVersion, replace } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Cma } from "../../shared/domain/market-analysis.ts";
import { operation } from "../../shared/entry/definition.ts";
import { readPresented } from "../../shared/report/presented.ts";

export const approveCma = operation({
  id: "approveCma",
  method: "POST",
  path: "/v1/cmas/{cma_id}/approve",
  permission: "cma:write",
  summary: "Approve a market analysis before it is shared",
  description:
    "What a person stands for: its report stays as it is approved, names, address and photos included. Approving it " +
    "again changes nothing.",
  answer: { status: 200, body: Cma },
  problems: ["not_completed"],
  access: { table: writeTable("Query", "PutItem") },
  record: (table, brokerageId, { cma_id }) => getCmaRecord(table, brokerageId, cma_id),
  async run({ record: cma, caller, table, commit, now, written }) {
    if (cma.status !== "completed" || cma.suggested_price === null) throw notCompleted(cma);
    if (cma.approved_at) return commit([], cma);
    const approval = { approved_at: now.toISOString(), approved_by: caller.user_id };
    // The report stays what is approved here, whatever becomes of the records.
    const presented = await readPresented(table, { ...cma, ...approval });
    const next = nextVersion(cma, { ...approval, presented }, now, written);
    const writes = [{ ...replace(cmaItem(next)), otherwise: "conflict" as const }];
    return commit(writes, next).catch(async (error) => {
      // Someone approved it at the same moment: theirs is the approval.
      const stands = await getCmaRecord(table, caller.brokerage_id, cma.id);
      if (stands?.approved_at) return stands;
      throw error;
    });
  },
  // The analysis never changes: it is read for the answer, and not kept once more for a repeated Idempotency-Key.
  async present(cma: StoredCma, { table }) {
    return { ...cma, analysis: (await getCma(table, cma.brokerage_id, cma.id))?.analysis ?? null };
  },
});
