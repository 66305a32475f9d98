import { type Caller, decide } from "../domain/access.ts";
import { clientRecord, type Dependents, idsOf, mostCounted, type StoredClient } from "../domain/client.ts";
import { interactionRecord } from "../domain/interaction.ts";
import { taskRecord } from "../domain/task.ts";
import { interestPrefix, type StoredInterest } from "./interests.ts";
import { entriesIn, partitionItems } from "./list.ts";
import { listedIn, recordKey } from "./record-item.ts";
import type { TableQuerier } from "./table.ts";

/** Counts what hangs on a client, deleted or not, and on those merged into it: of tasks those that the caller may read. */
export async function dependentsOf(
  table: TableQuerier,
  client: StoredClient,
  { caller, now }: { readonly caller: Caller; readonly now: Date },
): Promise<Dependents> {
  const { brokerage_id } = client;
  const of = (child: string) =>
    idsOf(client).map((client_id) => entriesIn(table, "of_client", { brokerage_id, client_id, child }));
  const besides = idsOf(client).map((id) =>
    partitionItems(table, recordKey(brokerage_id, clientRecord, id).pk, { prefix: interestPrefix }),
  );
  const [interactions, tasks, interests] = await Promise.all([
    count(of(interactionRecord.name)),
    count(
      of(taskRecord.name),
      (entry) => decide(caller, "task:read", listedIn(taskRecord, entry), now).allowed,
    ),
    // One that was taken back stays, for merges.
    count(besides, (interest) => (interest as unknown as StoredInterest).listed !== undefined),
  ]);
  return { interactions, tasks, interests };
}

async function count<Entry>(
  sources: readonly AsyncIterable<Entry>[],
  counts: (entry: Entry) => boolean = () => true,
): Promise<number> {
  let counted = 0;
  for (const source of sources)
    for await (const entry of source) {
      if (counts(entry)) counted++;
      if (counted === mostCounted) return counted;
    }
  return counted;
}
