import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { publishedKeys } from "../shared/data/checkpoints.ts";
import { partitionItems } from "../shared/data/list.ts";
import { checkpointPrefix, logPartition } from "../shared/data/log.ts";
import { entriesOf } from "../shared/data/log-entries.ts";
import type { TableQuerier } from "../shared/data/table.ts";
import type { AuditCheckpoint, CheckpointKey } from "../shared/domain/audit.ts";
import { type Verified, verifyLog } from "../shared/domain/log-chain.ts";
import { verifyCheckpoint } from "../shared/identity/checkpoints.ts";

/** Checkpoints, and the keys that came with them. */
export interface Kept {
  readonly checkpoints: readonly Pick<AuditCheckpoint, "jws">[];
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

/**
 * Verifies a brokerage's log against the checkpoints that the table has and those that somebody kept. Throws for a
 * checkpoint that no known key signed.
 */
export async function verifyBrokerage(
  table: TableQuerier,
  brokerageId: string,
  kept: Kept = { checkpoints: [], keys: [] },
): Promise<Verified> {
  const keys = [...kept.keys, ...(await publishedKeys(table))];
  const checkpoints = [...kept.checkpoints];
  for await (const stored of partitionItems(table, logPartition(brokerageId), { prefix: checkpointPrefix }))
    checkpoints.push(stored as unknown as AuditCheckpoint);
  const signed = await Promise.all(
    checkpoints.map((checkpoint) =>
      verifyCheckpoint(checkpoint, keys).catch((error) => {
        throw new Error(`A checkpoint was not signed by a known key: ${error.message}`);
      }),
    ),
  );
  const own = signed.filter(({ brokerage_id }) => brokerage_id === brokerageId);
  return verifyLog(brokerageId, entriesOf(table, brokerageId), own);
}
