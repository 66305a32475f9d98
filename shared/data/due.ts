import type { DueList } from "./record-item.ts";
import type { Item, TableQuerier } from "./table.ts";

/** How many entries one run takes at most; the next run takes the rest. */
const most = 500;

/** The entries of a list that are due, oldest first; one Query when there are none. */
export async function dueBy(table: TableQuerier, list: DueList, now: Date): Promise<Item[]> {
  const { items } = await table.query({
    IndexName: "due",
    KeyConditionExpression: "due_list = :list AND due_at <= :now",
    ExpressionAttributeValues: { ":list": list, ":now": now.toISOString() },
    Limit: most,
  });
  return items;
}
