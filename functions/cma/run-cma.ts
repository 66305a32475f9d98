import { cmaItem, cmaKey, putAnalysis, type StoredCma } from "../../shared/data/cmas.ts";
import { readMarket } from "../../shared/data/markets.ts";
import { getProperty } from "../../shared/data/properties.ts";
import { isAlive, replace } from "../../shared/data/records.ts";
import { activeNear, salesNear } from "../../shared/data/sales.ts";
import {
  ConditionFailed,
  type Table,
  type TableWriter,
  tableFor,
  type Write,
  type Written,
} from "../../shared/data/table.ts";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import type { AnalysisInputs } from "../../shared/domain/cma/analysis.ts";
import { selectCandidates } from "../../shared/domain/cma/select-candidates.ts";
import { subjectOf } from "../../shared/domain/market-analysis.ts";
import { queueWorker } from "../../shared/entry/definition.ts";
import { jobMessage } from "../../shared/entry/job-message.ts";

export const runCma = queueWorker({
  id: "runCma",
  queue: "cma",
  summary: "Work off a market analysis",
  impact: "Market analyses that agents asked for stay queued or end as failed.",
  memory: 1024,
  access: { table: tableFor("GetItem", "Query", "PutItem") },
  message: jobMessage,
  async run({ message, table, now, written, lastTry }) {
    const read = await table.get<StoredCma>(cmaKey(message.brokerage_id, message.id));
    if (!isAlive(read) || (read.status !== "queued" && read.status !== "processing")) return;
    const claimed = next(read, now, written, { status: "processing" });
    if (!(await moved(table, [replace(cmaItem(claimed))]))) return;
    try {
      await finish(table, claimed, now, written);
    } catch (error) {
      if (lastTry)
        await moved(table, [
          replace(cmaItem(failed(claimed, now, written, "The analysis could not be computed"))),
        ]);
      throw error;
    }
  },
});

async function finish(table: Table, cma: StoredCma, now: Date, written: Written): Promise<void> {
  const property = await getProperty(table, cma.brokerage_id, cma.property_id);
  const subject = property && subjectOf(property);
  if (!subject) {
    const reason = property ? "The property has no location" : "The property is gone";
    await moved(table, [replace(cmaItem(failed(cma, now, written, reason)))]);
    return;
  }
  const [sales, market] = await Promise.all([
    salesNear(table, cma.brokerage_id, subject, cma.effective_date),
    readMarket(table, cma.brokerage_id, subject),
  ]);
  const candidates = selectCandidates(
    subject,
    sales.filter(({ id }) => id !== subject.id),
    cma.effective_date,
  );
  const active_listings = await activeNear(table, cma.brokerage_id, subject, candidates);
  const { effective_date, asking_price, currency } = cma;
  const inputs: AnalysisInputs = {
    subject,
    candidates,
    effective_date,
    currency,
    ...(asking_price ? { asking_price } : {}),
    ...(active_listings === undefined ? {} : { active_listings }),
    ...(market ? { market } : {}),
  };
  const analysis = analyse(inputs);
  if ("failed" in analysis) {
    await moved(table, [replace(cmaItem(failed(cma, now, written, analysis.failed)))]);
    return;
  }
  const { suggested_price, range, market_position, confidence } = analysis;
  const completed = next(cma, now, written, {
    status: "completed",
    suggested_price,
    price_range: range,
    market_position,
    confidence,
    completed_at: now.toISOString(),
  });
  await moved(table, [replace(cmaItem(completed)), putAnalysis(cma, analysis, inputs)]);
}

const failed = (cma: StoredCma, now: Date, written: Written, reason: string) =>
  next(cma, now, written, { status: "failed", reason, completed_at: now.toISOString() });

function next(cma: StoredCma, now: Date, written: Written, changes: Partial<StoredCma>): StoredCma {
  return { ...cma, ...changes, version: cma.version + 1, updated_at: now.toISOString(), written };
}

/** False when another worker moved the record first: the job is theirs. */
async function moved(table: TableWriter, writes: readonly Write[]): Promise<boolean> {
  try {
    await table.commit(writes);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
