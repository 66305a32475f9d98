import { brokerageRecord } from "../domain/brokerage.ts";
import { entriesFrom, partitionItems } from "./list.ts";
import { type DueList, pick, recordKey, unlistedKind } from "./record-item.ts";
import { type IndexName, indexes, tableKey } from "./schema.ts";
import { reachOf, recordTypes } from "./stored-kinds.ts";
import type { Item, Key, TableQuerier } from "./table.ts";

/** The part of the table that holds the deleted records of all brokerages; every other part is a brokerage's. */
export const deletedPart = "deleted";

/**
 * Where a walk is: after which entry; for what belongs to a record or stands beside it, in which record (`of`), and
 * where the walk of those records was before it.
 */
export interface Place {
  readonly last?: Item | undefined;
  readonly of?: string | undefined;
  readonly parents?: Place | undefined;
}

/** A step of a walk: perhaps an item, and the place to go on from. */
interface Step {
  readonly entry?: Key & Record<string, unknown>;
  readonly after: Place;
}

/**
 * Walks through the items of a kind in a brokerage, or among the deleted records, from a place on. Every step is bounded
 * work; those without an item have passed a record that has none. Eventually consistent, but for what stands beside.
 */
export async function* itemsOf(
  table: TableQuerier,
  kind: string,
  part: string,
  from: Place = {},
): AsyncGenerator<Step> {
  const reach = reachOf(kind);
  if ("unreached" in reach) throw new Error(`No index leads to "${kind}": ${reach.unreached}`);
  if ("alone" in reach) {
    if (part !== deletedPart)
      yield { entry: { pk: recordKey(part, brokerageRecord, part).pk, sk: reach.alone }, after: {} };
    return;
  }
  if ("beside" in reach) {
    const beside = ({ pk }: Key, last?: Item) => besideRecord(table, pk, reach.prefix, last);
    return yield* ofEach(itemsOf(table, reach.beside, part, from.parents), from, beside);
  }
  const isOwn = from.parents === undefined && from.last !== undefined;
  if ("below" in reach && !(part === deletedPart && isOwn)) {
    const below = ({ id, brokerage_id }: Item, last?: Item) =>
      entries(table, `of_${reach.below}`, { brokerage_id, [`${reach.below}_id`]: id, child: kind }, last);
    yield* ofEach(itemsOf(table, reach.below, part, from.parents), from, below);
    if (part !== deletedPart) return;
  }
  if (part === deletedPart) {
    const last = isOwn || !("below" in reach) ? from.last : undefined;
    for await (const step of entries(table, "due", { due_list: "purge" satisfies DueList }, last))
      yield { ...(step.entry.entity === kind ? { entry: step.entry } : {}), after: { last: step.last } };
    return;
  }
  // Records that are in no list stand behind the others.
  const kinds = recordTypes.some(({ name, isUnlisted }) => name === kind && isUnlisted)
    ? [kind, unlistedKind(kind)]
    : [kind];
  for (const one of kinds.slice(kinds.indexOf(String(from.last?.kind ?? kind))))
    for await (const { entry, last } of entries(
      table,
      "kind_at",
      { brokerage_id: part, kind: one },
      from.last?.kind === one ? from.last : undefined,
    ))
      yield { entry, after: { last } };
}

type Entry = { readonly entry: Item; readonly last: Item };

/** What `found` finds of each parent, going on inside the parent where the walk was interrupted there. */
async function* ofEach(
  parents: AsyncIterable<Step>,
  from: Place,
  found: (parent: Item, last?: Item) => AsyncIterable<Entry>,
): AsyncGenerator<Step> {
  let before = from.parents ?? {};
  for await (const { entry: parent, after } of parents) {
    if (parent)
      for await (const { entry, last } of found(parent, parent.pk === from.of ? from.last : undefined))
        yield { entry, after: { parents: before, of: parent.pk, last } };
    before = after;
    yield { after: { parents: before } };
  }
}

/** The entries of a partition of an index, each with the key to go on from. */
async function* entries(
  table: TableQuerier,
  index: IndexName,
  of: Readonly<Record<string, unknown>>,
  from: Item | undefined,
): AsyncGenerator<Entry> {
  const { partition, sort } = indexes[index];
  const names = [...Object.values(tableKey), ...Object.keys(partition), ...Object.keys(sort)];
  let last = from;
  do {
    const page = await entriesFrom(table, index, of as Record<string, string>, last, pageSize);
    for (const item of page.items) yield { entry: item, last: pick({ ...item, ...of }, names) as Item };
    last = page.last;
  } while (last);
}

/** The items of a record's partition whose sort key has a prefix, each with the key to go on from. */
async function* besideRecord(
  table: TableQuerier,
  pk: string,
  prefix: string,
  from: Item | undefined,
): AsyncGenerator<Entry> {
  for await (const item of partitionItems(table, pk, { prefix, from, atOnce: pageSize }))
    yield { entry: item, last: { pk: item.pk, sk: item.sk } };
}

const pageSize = 100;
