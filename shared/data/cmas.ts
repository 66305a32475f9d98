import type * as z from "zod/mini";
import type { Analysis, AnalysisInputs } from "../domain/cma/analysis.ts";
import type { CmaSummary } from "../domain/market-analysis.ts";
import { pack, unpack } from "./packed.ts";
import { create, isAlive, recordKey, type Stored } from "./records.ts";
import type { Item, Key, TableReader, Write } from "./table.ts";

/** A market analysis as stored; its result stands beside it. */
export type StoredCma = Stored & z.output<typeof CmaSummary> & { readonly entity: "cma" };

/** A record and, once completed, its result. */
export type CmaWithAnalysis = StoredCma & { readonly analysis: Analysis | null };

export const cmaKey = (brokerageId: string, id: string) => recordKey(brokerageId, "cma", id);

const analysisKey = (key: Key): Key => ({ pk: key.pk, sk: "analysis" });

/**
 * The item for a record. `job` names the queue on which a queued one is worked off (see apply-changes); `summary`
 * is what lists show.
 */
export function cmaItem(cma: StoredCma): Item & StoredCma {
  // A record that was read carries the summary and the job of its last version.
  const { pk, sk, entity, brokerage_id, written, job, summary: _, ...summary } = cma as StoredCma & Item;
  return { ...cma, job: "cma", summary } as Item & StoredCma;
}

/** Reads a record with its result in one request. */
export async function getCma(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<CmaWithAnalysis | undefined> {
  const { record, result } = await read(table, brokerageId, id);
  return record && { ...record, analysis: result ? unpack<Analysis>(result.analysis) : null };
}

/** Reads a record with its result and what that was computed from, in one request; these are null until then. */
export async function getWholeCma(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<(CmaWithAnalysis & { readonly inputs: AnalysisInputs | null }) | undefined> {
  const { record, result } = await read(table, brokerageId, id);
  if (!record) return undefined;
  if (!result) return { ...record, analysis: null, inputs: null };
  return {
    ...record,
    analysis: unpack<Analysis>(result.analysis),
    inputs: unpack<AnalysisInputs>(result.inputs),
  };
}

async function read(table: TableReader, brokerageId: string, id: string) {
  const key = cmaKey(brokerageId, id);
  const [record, result] = await table.getMany([key, analysisKey(key)]);
  return { record: isAlive(record) ? (record as Item & StoredCma) : undefined, result };
}

/**
 * Writes the result beside its record, once: it never changes after. Result and inputs are JSON under brotli
 * (some 100 KB become 15), so they fit the item and commit with the record's status, which an object in the bucket
 * could not.
 */
export function putAnalysis(key: Key, analysis: Analysis, inputs: AnalysisInputs): Write {
  return create({ ...analysisKey(key), analysis: pack(analysis), inputs: pack(inputs) });
}
