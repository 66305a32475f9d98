import type { Analysis, AnalysisInputs, Previous } from "../domain/cma/analysis.ts";
import { cmaRecord, type StoredCma, withAnalysis } from "../domain/market-analysis.ts";
import { Problem } from "../domain/problem.ts";
import { pack, unpack } from "./packed.ts";
import { aliveIn, listedIn, recordKey } from "./record-item.ts";
import { create } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, PutWrite, TableQuerier, TableReader } from "./table.ts";

/** A record and, once completed, its result. */
type CmaWithAnalysis = ReturnType<typeof withAnalysis<StoredCma>>;

/** The same with what the result was computed from. */
export type WholeCma = CmaWithAnalysis & { readonly inputs: AnalysisInputs | null };

/** The initial fields of a new analysis. */
export const queued = {
  status: "queued",
  suggested_price: null,
  price_range: null,
  market_position: null,
  confidence: null,
  reason: null,
  completed_at: null,
  approved_at: null,
  approved_by: null,
} as const;

const analysisKey = (brokerageId: string, id: string): Key => ({
  pk: recordKey(brokerageId, cmaRecord, id).pk,
  sk: "analysis",
});

/** The problem for an analysis without a result; its detail says why it failed or has no price. */
export const notCompleted = ({ status, reason }: StoredCma): Problem =>
  new Problem(
    "not_completed",
    reason === null ? undefined : status === "failed" ? `The analysis failed: ${reason}` : reason,
  );

/** Reads a record with its result in one request. */
export async function getCma(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<CmaWithAnalysis | undefined> {
  const { record, result } = await read(table, brokerageId, id);
  return record && withAnalysis(record, result ? analysisIn(result) : null);
}

/** Reads a record with its result and what that was computed from, in one request; these are null until then. */
export async function getWholeCma(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<WholeCma | undefined> {
  const { record, result } = await read(table, brokerageId, id);
  if (!record) return undefined;
  if (!result) return { ...withAnalysis(record, null), inputs: null };
  return { ...withAnalysis(record, analysisIn(result)), inputs: unpack<AnalysisInputs>(result.inputs) };
}

/** Reads a result alone; undefined until the analysis is completed. */
export async function getResult(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<{ readonly analysis: Analysis; readonly inputs: AnalysisInputs } | undefined> {
  const result = await table.get(analysisKey(brokerageId, id));
  return result && { analysis: analysisIn(result), inputs: unpack<AnalysisInputs>(result.inputs) };
}

/** What a later analysis needs to show the difference from this one. */
export function asPrevious(cma_id: string, { effective_date, suggested_price, comps }: Analysis): Previous {
  return { cma_id, effective_date, suggested_price, comps: comps.map(({ sale }) => sale.id) };
}

/** How many analyses are searched for the last completed one. */
const recent = 25;

/**
 * The last completed analysis of the same property before this one. Of the same owner's: what someone else may not
 * see must not show in the difference. Eventually consistent.
 */
export async function lastCompleted(
  table: TableQuerier,
  { brokerage_id, property_id, owner_user_id, created_at }: StoredCma,
): Promise<Previous | undefined> {
  const { items } = await table.query({
    IndexName: "of_property",
    KeyConditionExpression:
      "brokerage_id = :brokerage AND property_id = :property AND child = :child AND #at < :before",
    ExpressionAttributeNames: { "#at": "at" },
    ExpressionAttributeValues: {
      ":brokerage": brokerage_id,
      ":property": property_id,
      ":child": cmaRecord.name,
      ":before": created_at,
    },
    ScanIndexForward: false,
    Limit: recent,
  });
  const last = items
    .map((entry) => listedIn(cmaRecord, entry))
    .find(
      ({ status, reason, owner_user_id: owner }) =>
        status === "completed" && reason === null && owner === owner_user_id,
    );
  const result = last && (await getResult(table, brokerage_id, last.id));
  return result && asPrevious(last.id, result.analysis);
}

async function read(table: TableReader, brokerageId: string, id: string) {
  const key = analysisKey(brokerageId, id);
  const [item, read] = await table.getMany([recordKey(brokerageId, cmaRecord, id), key]);
  const record = aliveIn(cmaRecord, item);
  // A batch is no transaction: the result may have been read just before both were written, the record just after.
  const isWritten = record?.status === "completed" && record.suggested_price !== null;
  return { record, result: read ?? (isWritten ? await table.get(key) : undefined) };
}

/**
 * Writes the result beside its record, once: it never changes after. Result and inputs are JSON under brotli
 * (some 100 KB become 15), so they fit the item and commit with the record's status, which an object in the bucket
 * could not.
 */
export function putAnalysis(
  { brokerage_id, id }: StoredCma,
  analysis: Analysis,
  inputs: AnalysisInputs,
): PutWrite {
  const key = analysisKey(brokerage_id, id);
  return create(withSchemaVersion("analysis", { ...key, analysis: pack(analysis), inputs: pack(inputs) }));
}

/** The analysis in a result; one from before there were revisions has no changes. */
const analysisIn = (result: Item): Analysis => ({
  changes: [],
  difference: null,
  ...unpack<Omit<Analysis, "changes" | "difference">>(result.analysis),
});
