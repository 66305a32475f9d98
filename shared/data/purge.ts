import type { DeleteWrite, Key, TableQuerier, TableWriter } from "./table.ts";

/**
 * Removes a deleted record for good, with all that stands beside it: itself last, so that a run that dies is taken up by
 * the next. Its time to be restored is over.
 */
export async function purge(table: TableQuerier & TableWriter<DeleteWrite>, { pk, sk }: Key): Promise<void> {
  let from: Key | undefined;
  do {
    const { items, last } = await table.query({
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk },
      ConsistentRead: true,
      ExclusiveStartKey: from,
    });
    for (const beside of items) if (beside.sk !== sk) await table.commit([remove(beside)]);
    from = last;
  } while (from);
  await table.commit([remove({ pk, sk })]);
}

const remove = ({ pk, sk }: Key): DeleteWrite => ({ Delete: { Key: { pk, sk } } });
