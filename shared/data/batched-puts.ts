import { BatchWriteCommand, type DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Grant } from "./grant.ts";
import { busy, documentClient, type Item, type StoredItem } from "./table.ts";

/** Puts many items. */
export interface BatchedPuts {
  /** Whatever stands there; in any order, and not all or nothing. Throws `busy` when DynamoDB throttles again and again. */
  putMany(items: readonly StoredItem[]): Promise<void>;
}

/** As many as a BatchWriteItem may have. */
const atOnce = 25;
const tries = 6;

const putsOn = (client: () => DynamoDBDocumentClient, TableName: string): BatchedPuts => ({
  async putMany(items) {
    // A batch may not name an item twice: the last one stands.
    const last = [...new Map(items.map((item) => [`${item.pk} ${item.sk}`, item])).values()];
    const batches = Array.from({ length: Math.ceil(last.length / atOnce) }, (_, at) =>
      last.slice(at * atOnce, (at + 1) * atOnce),
    );
    await Promise.all(batches.map((batch) => putBatch(client(), TableName, batch)));
  },
});

async function putBatch(client: DynamoDBDocumentClient, TableName: string, items: readonly StoredItem[]) {
  let pending: readonly Item[] = items;
  for (let attempt = 1; pending.length > 0; attempt++) {
    const puts = pending.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems } = await client.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: puts } }),
    );
    pending = (UnprocessedItems?.[TableName] ?? []).flatMap(
      ({ PutRequest }) => (PutRequest?.Item as Item) ?? [],
    );
    if (pending.length > 0 && attempt === tries) throw busy();
    if (pending.length > 0) await new Promise((resolve) => setTimeout(resolve, 40 * 2 ** attempt));
  }
}

/** Grant: another grant of the table, and puts of many items. */
export const withPuts = <T extends object>(grant: Grant<T>): Grant<T & BatchedPuts> => ({
  target: grant.target,
  actions: [...grant.actions, "dynamodb:BatchWriteItem"],
  open: (name) => ({ ...grant.open(name), ...putsOn(documentClient, name) }),
});
