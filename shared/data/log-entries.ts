import type { LogEntry } from "../domain/log-chain.ts";
import { partitionItems } from "./list.ts";
import { dayPrefix, entriesInPartition, entryIn, entryKey, logPartition } from "./log.ts";
import type { TableQuerier } from "./table.ts";

/** The first sequence that was logged on a day (UTC) or later; undefined where there is none. */
export async function firstOf(
  table: TableQuerier,
  brokerageId: string,
  day: string,
): Promise<number | undefined> {
  const { items } = await table.query({
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :day AND :last",
    ExpressionAttributeValues: {
      ":pk": logPartition(brokerageId),
      ":day": `${dayPrefix}${day}`,
      ":last": `${dayPrefix}~`,
    },
    ConsistentRead: true,
    Limit: 1,
  });
  return items[0] && Number(items[0].first);
}

/** A moment so many milliseconds later. */
export const moved = (moment: string, by: number) => new Date(Date.parse(moment) + by).toISOString();

/** Every entry of a brokerage's log, from the first. */
export async function* entriesOf(table: TableQuerier, brokerageId: string): AsyncGenerator<LogEntry> {
  for (let partition = 0, found = true; found; partition++) {
    const { pk } = entryKey(brokerageId, partition * entriesInPartition);
    found = false;
    for await (const item of partitionItems(table, pk)) {
      found = true;
      yield entryIn(item);
    }
  }
}
