import { asPrevious, getResult, lastCompleted, putAnalysis } from "../../shared/data/cmas.ts";
import type { Step } from "../../shared/data/jobs.ts";
import { readMarket } from "../../shared/data/markets.ts";
import { loadRecord } from "../../shared/data/records.ts";
import { activeNear, salesNear } from "../../shared/data/sales.ts";
import { type TableQuerier, tableFor } from "../../shared/data/table.ts";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import type { AnalysisInputs } from "../../shared/domain/cma/analysis.ts";
import { selectCandidates } from "../../shared/domain/cma/select-candidates.ts";
import { cmaRecord, type StoredCma, subjectOf } from "../../shared/domain/market-analysis.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { jobWorker } from "../../shared/entry/job-worker.ts";

export const runCma = jobWorker(cmaRecord, {
  id: "runCma",
  queue: "cma",
  summary: "Compute a market analysis",
  impact: "Market analyses that agents asked for stay queued or end as failed.",
  memory: 1024,
  access: { table: tableFor("GetItem", "Query", "PutItem") },
  async work({ record: cma, table, now }): Promise<Step<typeof cmaRecord>> {
    const completed_at = now.toISOString();
    const end = (status: "completed" | "failed", reason: string) => ({
      changes: { status, reason, completed_at },
    });
    const inputs = await (cma.revision_of
      ? revisedInputs(table, cma, cma.revision_of)
      : freshInputs(table, cma, now));
    if ("failed" in inputs) return end("failed", inputs.failed);
    const analysis = analyse(inputs);
    // Sales that are all too old are an answer, too: no price, and why.
    if ("failed" in analysis) return end(analysis.too_old ? "completed" : "failed", analysis.failed);
    const { suggested_price, range: price_range, market_position, confidence } = analysis;
    return {
      changes: {
        status: "completed",
        suggested_price,
        price_range,
        market_position,
        confidence,
        completed_at,
      },
      also: [putAnalysis(cma, analysis, inputs)],
    };
  },
});

type Inputs = AnalysisInputs | { readonly failed: string };

/** The inputs of a new analysis: the property as it is now, and the sales around it. */
async function freshInputs(table: TableQuerier, cma: StoredCma, now: Date): Promise<Inputs> {
  const property = await loadRecord(table, propertyRecord, cma.brokerage_id, cma.property_id);
  const subject = property && subjectOf(property);
  if (!subject) return { failed: property ? "The property has no location" : "The property was deleted" };
  const { brokerage_id, effective_date, asking_price, currency } = cma;
  const [sales, market, previous] = await Promise.all([
    salesNear(table, brokerage_id, subject, effective_date),
    readMarket(table, brokerage_id, subject, currency),
    lastCompleted(table, cma),
  ]);
  const candidates = selectCandidates(subject, sales, effective_date);
  // The listings of today say nothing about a date long past.
  const isCurrent = now.getTime() - Date.parse(effective_date) < 31 * 86_400_000;
  const active_listings = isCurrent ? await activeNear(table, brokerage_id, subject, candidates) : undefined;
  return {
    subject,
    candidates,
    effective_date,
    currency,
    ...(asking_price ? { asking_price } : {}),
    ...(active_listings === undefined ? {} : { active_listings }),
    ...(market ? { market } : {}),
    ...(previous ? { previous } : {}),
  };
}

/** The inputs of a revision: those stored with the revised analysis, and the changes. */
async function revisedInputs(table: TableQuerier, cma: StoredCma, revised: string): Promise<Inputs> {
  const result = await getResult(table, cma.brokerage_id, revised);
  if (!result) return { failed: "The analysis that it revises was deleted" };
  return { ...result.inputs, ...cma.revision, previous: asPrevious(revised, result.analysis) };
}
