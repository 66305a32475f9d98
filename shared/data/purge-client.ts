import { clientRecord, idsOf } from "../domain/client.ts";
import { interactionRecord } from "../domain/interaction.ts";
import { mergeRecord } from "../domain/merge.ts";
import { interactionsOf } from "./interactions.ts";
import { interestChild } from "./interests.ts";
import { entriesIn } from "./list.ts";
import { purge } from "./purge.ts";
import { fromItem, recordKey } from "./record-item.ts";
import type { DeleteWrite, TableQuerier, TableWriter } from "./table.ts";

type Purging = TableQuerier & TableWriter<DeleteWrite>;

/** Removes a deleted client for good, with those who were merged into it and what was said with all of them. */
export async function purgeClient(table: Purging, brokerageId: string, id: string): Promise<void> {
  const key = recordKey(brokerageId, clientRecord, id);
  const item = await table.get(key);
  const client = item && fromItem(clientRecord, item);
  for (const one of client ? idsOf(client) : [id]) {
    for await (const { id: said } of interactionsOf(table, brokerageId, one))
      await purge(table, recordKey(brokerageId, interactionRecord, String(said)));
    if (one !== id) await purge(table, recordKey(brokerageId, clientRecord, one));
  }
  for (const { merge_id } of client?.merges ?? [])
    await purge(table, recordKey(brokerageId, mergeRecord, merge_id));
  await purge(table, key);
}

/** Removes what clients thought of a property that is removed for good. */
export async function purgeInterestsIn(
  table: Purging,
  brokerage_id: string,
  property_id: string,
): Promise<void> {
  const list = { brokerage_id, property_id, child: interestChild };
  for await (const { pk, sk } of entriesIn(table, "of_property", list))
    await table.commit([{ Delete: { Key: { pk, sk } } }]);
}
