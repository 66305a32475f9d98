import type { AuditCheckpoint, CheckpointKey } from "../domain/audit.ts";
import type { WriteStamp } from "../domain/invocation.ts";
import { type ListQuery, type Page, partitionPage } from "./list.ts";
import { checkpointKey, checkpointPrefix, logPartition } from "./log.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, StoredItem, TableQuerier, TableReader } from "./table.ts";

/** The public keys with which checkpoints are verified: every one that ever signed. */
export const checkpointKeysKey: Key = { pk: "deployment", sk: "checkpoint-keys" };

/** The item that publishes them. */
export const checkpointKeysItem = (keys: readonly CheckpointKey[], written: WriteStamp): StoredItem =>
  withSchemaVersion("jwks", { ...checkpointKeysKey, keys, written });

export async function publishedKeys(table: TableReader): Promise<CheckpointKey[]> {
  const item = await table.get<Item & { readonly keys: CheckpointKey[] }>(checkpointKeysKey);
  return item?.keys ?? [];
}

/** The item of a checkpoint. */
export const checkpointItem = (
  brokerageId: string,
  checkpoint: AuditCheckpoint,
  written: WriteStamp,
): StoredItem =>
  withSchemaVersion("checkpoint", {
    ...checkpointKey(brokerageId, checkpoint.sequence),
    ...checkpoint,
    written,
  });

/** The file of a checkpoint: its name below the prefix, and what is in it. */
export function checkpointFile(brokerageId: string, checkpoint: AuditCheckpoint) {
  const name = `${brokerageId}/${String(checkpoint.sequence).padStart(12, "0")}.json`;
  return { name, bytes: Buffer.from(JSON.stringify({ items: [checkpoint] })) };
}

/** One page of a brokerage's checkpoints, newest first. */
export const checkpointsPage = (
  table: TableQuerier,
  brokerageId: string,
  query: ListQuery,
  cursorKey: string,
): Promise<Page<AuditCheckpoint>> =>
  partitionPage(table, { pk: logPartition(brokerageId) }, checkpointPrefix, query, cursorKey);
