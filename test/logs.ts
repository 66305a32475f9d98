import { markPartition, markPrefix } from "../shared/data/log.ts";
import { entriesOf } from "../shared/data/log-entries.ts";
import type { LogEntry } from "../shared/domain/log-chain.ts";
import { brokerageOf, expectStatus, type SignedIn, unique, waitFor } from "./cloud.ts";
import { table } from "./in-process.ts";

/** All entries of a brokerage's log. */
export async function entriesIn(brokerageId: string): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for await (const entry of entriesOf(table, brokerageId)) entries.push(entry);
  return entries;
}

/** Waits until the log says all that was done before; answers its entries. What it writes for that is the last of them. */
export async function settledLog(who: SignedIn, seconds = 60): Promise<LogEntry[]> {
  const brokerageId = brokerageOf(who);
  const task = { token: who.token, body: { title: `Until here ${unique()}` } };
  const { id } = await expectStatus(201, "POST", "/v1/tasks", task);
  const pk = markPartition(brokerageId, "task", id);
  await waitFor(async () => {
    const { items } = await table.query({
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
      ExpressionAttributeValues: { ":pk": pk, ":prefix": markPrefix },
      ConsistentRead: true,
    });
    return items[0];
  }, seconds);
  return entriesIn(brokerageId);
}
