import {
  asPrevious,
  cmaItem,
  cmaKey,
  completeWithoutPrice,
  failCma,
  getResult,
  lastCompleted,
  putAnalysis,
  type StoredCma,
} from "../../shared/data/cmas.ts";
import { readMarket } from "../../shared/data/markets.ts";
import { getProperty } from "../../shared/data/properties.ts";
import { isAlive, nextVersion, replace, tryCommit } from "../../shared/data/records.ts";
import { activeNear, salesNear } from "../../shared/data/sales.ts";
import { type Table, tableFor } from "../../shared/data/table.ts";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import type { AnalysisInputs } from "../../shared/domain/cma/analysis.ts";
import { selectCandidates } from "../../shared/domain/cma/select-candidates.ts";
import type { Written } from "../../shared/domain/invocation.ts";
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
    const claimed = nextVersion(read, { status: "processing" }, now, written);
    if (!(await tryCommit(table, [replace(cmaItem(claimed))]))) return;
    try {
      await finish(table, claimed, now, written);
    } catch (error) {
      if (lastTry)
        await tryCommit(table, [failCma(claimed, "The analysis could not be computed", now, written)]);
      throw error;
    }
  },
});

async function finish(table: Table, cma: StoredCma, now: Date, written: Written): Promise<void> {
  const inputs = await (cma.revision_of
    ? revisedInputs(table, cma, cma.revision_of)
    : freshInputs(table, cma, now));
  const end = async (reason: string, how = failCma) =>
    void (await tryCommit(table, [how(cma, reason, now, written)]));
  if ("failed" in inputs) return end(inputs.failed);
  const analysis = analyse(inputs);
  if ("failed" in analysis) return end(analysis.failed, analysis.too_old ? completeWithoutPrice : failCma);
  const { suggested_price, range, market_position, confidence } = analysis;
  const completed = nextVersion(
    cma,
    {
      status: "completed",
      suggested_price,
      price_range: range,
      market_position,
      confidence,
      completed_at: now.toISOString(),
    },
    now,
    written,
  );
  await tryCommit(table, [replace(cmaItem(completed)), putAnalysis(cma, analysis, inputs)]);
}

type Inputs = AnalysisInputs | { readonly failed: string };

/** What an analysis starts from: the property as it is, and the sales around it. */
async function freshInputs(table: Table, cma: StoredCma, now: Date): Promise<Inputs> {
  const property = await getProperty(table, cma.brokerage_id, cma.property_id);
  const subject = property && subjectOf(property);
  if (!subject) return { failed: property ? "The property has no location" : "The property is gone" };
  const { brokerage_id, effective_date, asking_price, currency } = cma;
  const [sales, market, previous] = await Promise.all([
    salesNear(table, brokerage_id, subject, effective_date),
    readMarket(table, brokerage_id, subject, currency),
    lastCompleted(table, cma),
  ]);
  const candidates = selectCandidates(subject, sales, effective_date);
  // What is on the market now says nothing of a day long past.
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

/** What a revision starts from: what the revised analysis was computed from, read nowhere anew, and the changes. */
async function revisedInputs(table: Table, cma: StoredCma, revised: string): Promise<Inputs> {
  const result = await getResult(table, cma.brokerage_id, revised);
  if (!result) return { failed: "The analysis that it revises is gone" };
  return { ...result.inputs, ...cma.revision, previous: asPrevious(revised, result.analysis) };
}
