import type { DueList } from "./record-item.ts";
import type { Item, TableQuerier } from "./table.ts";

/** The entries of a list that are due, oldest first, so many at most: the next run takes the rest. */
export async function dueBy(table: TableQuerier, list: DueList, now: Date, most = 500): Promise<Item[]> {
  const { items } = await table.query({
    IndexName: "due",
    KeyConditionExpression: "due_list = :list AND due_at <= :now",
    ExpressionAttributeValues: { ":list": list, ":now": now.toISOString() },
    Limit: most,
  });
  return items;
}
