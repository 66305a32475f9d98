import type * as z from "zod/mini";
import type { Analysis, AnalysisInputs, Previous, Revision } from "../domain/cma/analysis.ts";
import type { Invocation, Written } from "../domain/invocation.ts";
import type { CmaSummary, Presented } from "../domain/market-analysis.ts";
import { Problem } from "../domain/problem.ts";
import { pack, unpack } from "./packed.ts";
import { create, firstVersion, isAlive, nextVersion, recordKey, replace, type Stored } from "./records.ts";
import type { Item, Key, TableQuerier, TableReader, Write } from "./table.ts";

type Summary = z.output<typeof CmaSummary>;
/** What a record lacks until it is so: most are no revision and never approved. */
type Later = "revision_of" | "approved_at" | "approved_by";

/** A market analysis as stored; its result stands beside it. */
export type StoredCma = Stored &
  Omit<Summary, Later> &
  Partial<Pick<Summary, Later>> & {
    readonly entity: "cma";
    /** The changes of a revision, those of the analyses that it goes back to included. */
    readonly revision?: Revision | undefined;
    /** What the report says beside the analysis, as it was approved. */
    readonly presented?: Presented | undefined;
  };

/** A record and, once completed, its result. */
export type CmaWithAnalysis = StoredCma & { readonly analysis: Analysis | null };

/** The same with what the result was computed from. */
export type WholeCma = CmaWithAnalysis & { readonly inputs: AnalysisInputs | null };

export const cmaKey = (brokerageId: string, id: string) => recordKey(brokerageId, "cma", id);

const analysisKey = (key: Key): Key => ({ pk: key.pk, sk: "analysis" });

/** What decides an analysis beside the data: of what, for whom, as of when. */
type Asked = Pick<
  StoredCma,
  | "property_id"
  | "owner_user_id"
  | "effective_date"
  | "asking_price"
  | "currency"
  | "revision_of"
  | "revision"
>;

/** An analysis that waits to be worked off. */
export function queuedCma(
  brokerageId: string,
  asked: Asked,
  { now, newId, written }: Pick<Invocation, "now" | "newId" | "written">,
): StoredCma {
  const id = newId();
  return {
    ...cmaKey(brokerageId, id),
    entity: "cma",
    brokerage_id: brokerageId,
    id,
    ...firstVersion({ now, written }),
    ...asked,
    status: "queued",
    suggested_price: null,
    price_range: null,
    market_position: null,
    confidence: null,
    reason: null,
    completed_at: null,
  };
}

/**
 * The item for a record. `job` names the queue on which a queued one is worked off (see apply-changes); `summary`
 * is what lists show.
 */
export function cmaItem(cma: StoredCma): Item & StoredCma {
  // A record that was read carries the summary and the job of its last version.
  const {
    pk,
    sk,
    entity,
    brokerage_id,
    written,
    job,
    revision,
    presented,
    summary: _,
    ...summary
  } = cma as StoredCma & Item;
  return { ...cma, job: "cma", summary } as Item & StoredCma;
}

type Ending = readonly [cma: StoredCma, reason: string, now: Date, written: Written];

function ended(status: "failed" | "completed", [cma, reason, now, written]: Ending): Write {
  const end = { status, reason, completed_at: now.toISOString() };
  return replace(cmaItem(nextVersion(cma, end, now, written)));
}

/** Ends an analysis without a result. */
export const failCma = (...ending: Ending): Write => ended("failed", ending);

/** Completes an analysis that suggests no price, because all sales are too old. */
export const completeWithoutPrice = (...ending: Ending): Write => ended("completed", ending);

/** What is told of an analysis without a result: why it failed, or has no price, where it did or has none. */
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
  return record && { ...record, analysis: result ? analysisIn(result) : null };
}

/** Reads a record with its result and what that was computed from, in one request; these are null until then. */
export async function getWholeCma(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<WholeCma | undefined> {
  const { record, result } = await read(table, brokerageId, id);
  if (!record) return undefined;
  if (!result) return { ...record, analysis: null, inputs: null };
  return { ...record, analysis: analysisIn(result), inputs: unpack<AnalysisInputs>(result.inputs) };
}

/** Reads a record alone. */
export async function getCmaRecord(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<StoredCma | undefined> {
  const record = await table.get<Item & StoredCma>(cmaKey(brokerageId, id));
  return isAlive(record) ? record : undefined;
}

/** Reads a result alone; undefined until the analysis is completed. */
export async function getResult(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<{ readonly analysis: Analysis; readonly inputs: AnalysisInputs } | undefined> {
  const result = await table.get(analysisKey(cmaKey(brokerageId, id)));
  return result && { analysis: analysisIn(result), inputs: unpack<AnalysisInputs>(result.inputs) };
}

/** What an analysis leaves for the difference that a later one shows. */
export function asPrevious(cma_id: string, { effective_date, suggested_price, comps }: Analysis): Previous {
  return { cma_id, effective_date, suggested_price, comps: comps.map(({ sale }) => sale.id) };
}

/** Analyses that are looked at for the last completed one. */
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
    IndexName: "parent",
    KeyConditionExpression:
      "brokerage_id = :brokerage AND entity = :entity AND property_id = :property AND created_at < :before",
    ExpressionAttributeValues: {
      ":brokerage": brokerage_id,
      ":entity": "cma",
      ":property": property_id,
      ":before": created_at,
    },
    ScanIndexForward: false,
    Limit: recent,
  });
  const last = items.find(({ summary }) => {
    const { status, reason, owner_user_id: owner } = summary as StoredCma;
    return status === "completed" && reason === null && owner === owner_user_id;
  });
  const result = last && (await getResult(table, brokerage_id, String(last.id)));
  return result && asPrevious(String(last.id), result.analysis);
}

async function read(table: TableReader, brokerageId: string, id: string) {
  const key = cmaKey(brokerageId, id);
  const [item, read] = await table.getMany([key, analysisKey(key)]);
  const record = isAlive(item) ? (item as Item & StoredCma) : undefined;
  // A batch is no transaction: the result may have been read just before both were written, the record just after.
  const isWritten = record?.status === "completed" && record.suggested_price !== null;
  return { record, result: read ?? (isWritten ? await table.get(analysisKey(key)) : undefined) };
}

/**
 * Writes the result beside its record, once: it never changes after. Result and inputs are JSON under brotli
 * (some 100 KB become 15), so they fit the item and commit with the record's status, which an object in the bucket
 * could not.
 */
export function putAnalysis(key: Key, analysis: Analysis, inputs: AnalysisInputs): Write {
  return create({ ...analysisKey(key), analysis: pack(analysis), inputs: pack(inputs) });
}

/** The analysis in a result; one from before there were revisions has no changes. */
const analysisIn = (result: Item): Analysis => ({
  changes: [],
  difference: null,
  ...unpack<Omit<Analysis, "changes" | "difference">>(result.analysis),
});
