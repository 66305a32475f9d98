import { type Caller, decide, type Owned, type Permission, scopeOf } from "../domain/access.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import { type IndexName, indexes } from "./schema.ts";
import type { Item, Key, TableQuerier } from "./table.ts";

/** What one Query of a list reads: an index, and a value for each of its partition attributes. */
export type Source = {
  [Name in IndexName]: {
    readonly index: Name;
    readonly partition: Readonly<Record<keyof (typeof indexes)[Name]["partition"], string>>;
  };
}[IndexName];

/** One page of a list. */
export interface ListOptions<Summary> {
  /** One Query each, merged by the sort attributes (the same in every index named); what stands in two is listed once. */
  readonly sources: readonly Source[];
  /** The operation's parsed query: its filters are part of what a cursor is good for. */
  readonly query: { readonly limit: number; readonly cursor?: string | undefined };
  readonly cursorKey: string;
  /**
   * Who lists, by which permission: what is out of their scope is left out. "narrowed" where `sources` and `matches`
   * hold to that already.
   */
  readonly audience: { readonly caller: Caller; readonly permission: Permission } | "narrowed";
  readonly descending?: boolean;
  /** Bounds of the first sort attribute, both included. */
  readonly range?: {
    readonly min?: string | number | undefined;
    readonly max?: string | number | undefined;
  };
  /** The filters that the index does not answer. A page then examines `examined` entries and may be short. */
  readonly matches?: ((summary: Summary) => boolean) | undefined;
}

/** A page as answered. */
export interface Page<Summary> {
  readonly items: Summary[];
  readonly next_cursor: string | null;
}

/** Entries that one page examines at most when it filters. */
export const examined = 500;

/** Where a list stands: an entry's sort attributes and key. */
type Position = Item;

/**
 * Reads one page of the `summary` maps of an index (each with the record's id) with one Query per source. Eventually consistent. Throws
 * `invalid_cursor` for a cursor of another list, filter, sort, caller's audience or brokerage.
 */
export async function listPage<Summary>(
  table: TableQuerier,
  options: ListOptions<Summary>,
): Promise<Page<Summary>> {
  const { sources, query, cursorKey, descending = false } = options;
  const matches = readable(options);
  const { limit, cursor, ...filters } = query;
  const scope = JSON.stringify([sources, descending, filters]);
  const from = cursor === undefined ? undefined : openCursor<Position>(cursor, cursorKey, scope);
  const attributes = Object.keys(indexes[sources[0]!.index].sort);
  const compare = comparing(attributes, descending);

  const reads = await Promise.all(
    sources.map((source) => read(table, source, { ...options, matches }, from)),
  );
  // Beyond the last entry of a source that has more, another entry of it may stand in between.
  const [horizon] = reads.flatMap(({ last }) => last ?? []).sort(compare);
  const entries = reads
    .flatMap(({ items }) => items)
    .sort(compare)
    .filter((entry, at, all) => entry.pk !== all[at - 1]?.pk)
    .filter((entry) => !horizon || compare(entry, horizon) <= 0)
    .filter((entry) => !matches || matches(entry.summary as Summary));

  const shown = entries.slice(0, limit);
  const end = entries.length > limit ? shown.at(-1) : horizon;
  return {
    items: shown.map((entry) => ({ id: entry.id, ...(entry.summary as Summary) })),
    next_cursor: end ? sealCursor(pick(end, [...attributes, "pk", "sk"]), cursorKey, scope) : null,
  };
}

/**
 * Reads one page of what stands beside a record under a prefix of the sort key, newest first, with one Query. Strongly
 * consistent; `matches` may leave some out, so that a page is short while `next_cursor` is set.
 */
export async function besidePage<Entry>(
  table: TableQuerier,
  { pk }: Pick<Key, "pk">,
  prefix: string,
  query: ListOptions<Entry>["query"],
  cursorKey: string,
  matches: (entry: Entry) => boolean = () => true,
): Promise<Page<Entry>> {
  const before = query.cursor === undefined ? undefined : openCursor<string>(query.cursor, cursorKey, pk);
  const { items } = await table.query({
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
    ExpressionAttributeValues: { ":pk": pk, ":prefix": prefix },
    ScanIndexForward: false,
    ConsistentRead: true,
    Limit: query.limit + 1,
    ...(before === undefined ? {} : { ExclusiveStartKey: { pk, sk: before } }),
  });
  const shown = items.slice(0, query.limit);
  const last = items.length > query.limit ? shown.at(-1) : undefined;
  return {
    items: (shown as unknown as Entry[]).filter(matches),
    next_cursor: last ? sealCursor(last.sk, cursorKey, pk) : null,
  };
}

/** Every entry of `newest` of a kind, oldest first: for what runs over all of them. Eventually consistent. */
export async function* allOf(table: TableQuerier, brokerageId: string, entity: string): AsyncGenerator<Item> {
  let last: Item | undefined;
  do {
    const page = await table.query({
      IndexName: "newest",
      KeyConditionExpression: "brokerage_id = :brokerage_id AND entity = :entity",
      ExpressionAttributeValues: { ":brokerage_id": brokerageId, ":entity": entity },
      ExclusiveStartKey: last,
    });
    yield* page.items;
    last = page.last;
  } while (last);
}

/** What an entry must meet: the filters, and the audience's scope where that is not the whole brokerage. */
function readable<Summary>({ audience, matches }: ListOptions<Summary>): ListOptions<Summary>["matches"] {
  if (audience === "narrowed") return matches;
  const { caller, permission } = audience;
  if (scopeOf(caller, permission) === "brokerage") return matches;
  return (summary) =>
    decide(caller, permission, summary as Owned).allowed && (matches === undefined || matches(summary));
}

/** One Query of one source, from the position on. One entry more than asked for tells whether there are more. */
function read<Summary>(
  table: TableQuerier,
  { index, partition }: Source,
  { sources, query, range: { min, max } = {}, descending = false, matches }: ListOptions<Summary>,
  from: Position | undefined,
) {
  const [first] = Object.keys(indexes[index].sort);
  const bounds = [
    ...(min !== undefined && max !== undefined ? ["#first BETWEEN :min AND :max"] : []),
    ...(min !== undefined && max === undefined ? ["#first >= :min"] : []),
    ...(min === undefined && max !== undefined ? ["#first <= :max"] : []),
  ];
  const parts = Object.entries(partition);
  return table.query({
    IndexName: index,
    KeyConditionExpression: [...parts.map((_, at) => `#${at} = :${at}`), ...bounds].join(" AND "),
    ExpressionAttributeNames: Object.fromEntries([
      ...parts.map(([name], at) => [`#${at}`, name]),
      ...bounds.map(() => ["#first", first]),
    ]),
    ExpressionAttributeValues: Object.fromEntries([
      ...parts.map(([, value], at) => [`:${at}`, value]),
      ...Object.entries({ ":min": min, ":max": max }).filter(([, value]) => value !== undefined),
    ]),
    ScanIndexForward: !descending,
    Limit: matches ? Math.ceil(examined / sources.length) : query.limit + 1,
    ExclusiveStartKey: from && { ...partition, ...from },
  });
}

const pick = (item: Item, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, item[name]])) as Item;

function comparing(attributes: readonly string[], descending: boolean) {
  const sign = descending ? -1 : 1;
  return (one: Item, other: Item): number => {
    for (const attribute of attributes) {
      const [a, b] = [one[attribute], other[attribute]] as [string, string];
      if (a !== b) return a < b ? -sign : sign;
    }
    return 0;
  };
}
