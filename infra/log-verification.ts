import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { publishedKeys } from "../shared/data/checkpoints.ts";
import { allBrokerages } from "../shared/data/directory.ts";
import { partitionItems } from "../shared/data/list.ts";
import { checkpointPrefix, logPartition, readHead } from "../shared/data/log.ts";
import { entriesOf } from "../shared/data/log-entries.ts";
import type { TableQuerier } from "../shared/data/table.ts";
import type { AuditCheckpoint, CheckpointKey } from "../shared/domain/audit.ts";
import { type Fault, type Head, type Verified, verifyLog } from "../shared/domain/log-chain.ts";
import { verifyCheckpoint } from "../shared/identity/checkpoints.ts";

/** Checkpoints, and the keys that came with them. */
export interface Kept {
  readonly checkpoints: readonly Pick<AuditCheckpoint, "sequence" | "jws">[];
  readonly keys: readonly CheckpointKey[];
}

/** Reads kept checkpoints: an answer of GET /v1/audit-checkpoints, a file of the bucket, or a folder of such files. */
export function readKept(path: string): Kept {
  const files = statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"))
    : [""];
  const said = files.map((name) => JSON.parse(readFileSync(join(path, name), "utf8")));
  return {
    checkpoints: said.flatMap(({ items }) => items ?? []),
    keys: said.flatMap(({ keys }) => keys ?? []),
  };
}

const nothing: Kept = { checkpoints: [], keys: [] };

/**
 * Verifies the log of one brokerage, or of all: of those in the directory, and of those that only kept checkpoints name,
 * so that nobody takes one out of the directory unnoticed.
 */
export async function* verifyLogs(
  table: TableQuerier,
  { checkpoints, keys }: Kept = nothing,
  only?: string,
): AsyncGenerator<Verified & { readonly brokerageId: string }> {
  const named = Map.groupBy(checkpoints, brokerageNamed);
  const all = only === undefined ? withNamed(allBrokerages(table), named.keys()) : [only];
  for await (const brokerageId of all) {
    const kept = { checkpoints: named.get(brokerageId) ?? [], keys };
    yield { brokerageId, ...(await verifyBrokerage(table, brokerageId, kept)) };
  }
}

async function* withNamed(all: AsyncIterable<string>, named: Iterable<string>): AsyncGenerator<string> {
  const rest = new Set(named);
  for await (const id of all) {
    rest.delete(id);
    yield id;
  }
  yield* rest;
}

/** The brokerage that a checkpoint names, whoever signed it. */
function brokerageNamed({ jws }: Pick<AuditCheckpoint, "jws">): string {
  try {
    return String(decodeJwt(jws).brokerage_id);
  } catch {
    return "unreadable checkpoints";
  }
}

/** Verifies a brokerage's log against the checkpoints that the table has and those that somebody kept. */
export async function verifyBrokerage(
  table: TableQuerier,
  brokerageId: string,
  kept: Kept = nothing,
): Promise<Verified> {
  const keys = [...kept.keys, ...(await publishedKeys(table))];
  const checkpoints = [...kept.checkpoints];
  for await (const stored of partitionItems(table, logPartition(brokerageId), { prefix: checkpointPrefix }))
    checkpoints.push(stored as unknown as AuditCheckpoint);
  const signed: Awaited<ReturnType<typeof verifyCheckpoint>>[] = [];
  let unsigned: Fault | undefined;
  for (const checkpoint of checkpoints)
    try {
      signed.push(await verifyCheckpoint(checkpoint, keys));
    } catch (error) {
      const { sequence } = checkpoint;
      const because = `no known key signed the checkpoint at ${sequence}: ${(error as Error).message}`;
      unsigned ??= { sequence, because };
    }
  // Read before the entries: those that are appended meanwhile are no fault.
  const head = await readHead(table, brokerageId);
  const own = signed.filter(({ brokerage_id }) => brokerage_id === brokerageId);
  const verified = await verifyLog(brokerageId, entriesOf(table, brokerageId), own);
  const fault = verified.fault ?? cutOff(verified.entries, head) ?? unsigned;
  return fault ? { ...verified, fault } : verified;
}

/** The fault of a log that is shorter than its head says. */
const cutOff = (entries: number, { sequence }: Head): Fault | undefined =>
  sequence > entries
    ? { sequence: entries + 1, because: `the log ends at ${entries}, but its head says ${sequence}` }
    : undefined;
