import { directory } from "../domain/directory.ts";
import { entriesFrom, entriesIn } from "./list.ts";
import type { Item, TableQuerier } from "./table.ts";

/** One page of brokerage ids, oldest first, after `from`: for work over the whole deployment. */
export async function brokeragesFrom(
  table: TableQuerier,
  from: Item | undefined,
): Promise<{ readonly ids: readonly string[]; readonly next: Item | undefined }> {
  const { items, last } = await entriesFrom(table, "kind_at", directory, from, brokeragesAtOnce);
  return { ids: items.map(({ id }) => String(id)), next: last };
}

/** The ids of all brokerages, oldest first. */
export async function* allBrokerages(table: TableQuerier): AsyncGenerator<string> {
  for await (const { id } of entriesIn(table, "kind_at", directory)) yield String(id);
}

/** How many brokerages one message delivery handles at most. */
const brokeragesAtOnce = 100;
