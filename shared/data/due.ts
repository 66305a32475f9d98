import type { DueList } from "./record-item.ts";
import type { Item, TableQuerier } from "./table.ts";

/** What one run takes of a list at most; the rest is for the next run. */
const most = 500;

/** The entries of a list whose moment has come, the oldest first; one Query where there are none. */
export async function dueBy(table: TableQuerier, list: DueList, now: Date): Promise<Item[]> {
  const { items } = await table.query({
    IndexName: "due",
    KeyConditionExpression: "due_list = :list AND due_at <= :now",
    ExpressionAttributeValues: { ":list": list, ":now": now.toISOString() },
    Limit: most,
  });
  return items;
}
