import { partitionItems } from "./list.ts";
import { markPrefix } from "./log.ts";
import type { DeleteWrite, Key, TableQuerier, TableWriter } from "./table.ts";

/**
 * Removes a deleted record for good, with all items of its partition: the record last, so that the next run continues
 * one that crashed. What stays are the marks that say where the log tells of it. Call it only when the record can no
 * longer be restored.
 */
export async function purge(table: TableQuerier & TableWriter<DeleteWrite>, { pk, sk }: Key): Promise<void> {
  for await (const beside of partitionItems(table, pk))
    if (beside.sk !== sk && !beside.sk.startsWith(markPrefix)) await table.commit([remove(beside)]);
  await table.commit([remove({ pk, sk })]);
}

const remove = ({ pk, sk }: Key): DeleteWrite => ({ Delete: { Key: { pk, sk } } });
