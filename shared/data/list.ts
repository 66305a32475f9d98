import {
  audiencesOf,
  type Caller,
  decide,
  hasEnded,
  listedStatuses,
  type Permission,
  type Resource,
  readsListed,
} from "../domain/access.ts";
import { Problem } from "../domain/problem.ts";
import type { AnyRecordType, ListedOf } from "../domain/record-type.ts";
import { decryptCursor, encryptCursor } from "./cursor.ts";
import { audience, listedIn, pick } from "./record-item.ts";
import type { IndexName } from "./schema.ts";
import { everyItem, type Item, type Key, type TableQuerier } from "./table.ts";

/** A page as answered. */
export interface Page<Listed> {
  readonly items: Listed[];
  readonly next_cursor: string | null;
}

/** The parsed query of a list; a cursor is valid only with the same filters. */
export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The parts of a query that an index can answer. */
type Answered = "state" | "owner" | "range";

/** A filter of a query; not applied to entries of an index that answers the part named by `answeredBy`. */
export interface Filter<Listed> {
  readonly answeredBy?: Answered | undefined;
  holds(listed: Listed): boolean;
}

/** What a list is sorted by; ties are sorted by the record's id. */
export type Order = "created" | "changed" | "rank" | "bedrooms";

/** A list of a type of record: in which order, and which part of it. */
export interface Listing<T extends AnyRecordType> {
  readonly type: T;
  readonly caller: Caller;
  readonly now: Date;
  readonly query: ListQuery;
  readonly cursorKey: string;
  /** By creation unless said, the newest first. */
  readonly order?: Order;
  readonly descending?: boolean;
  /** Bounds of what it is sorted by, both included. */
  readonly range?: { readonly min?: string | number | undefined; readonly max?: string | number | undefined };
  /** One state only, or some; one owner's records only; what belongs to one property, or to a client. */
  readonly state?: string | readonly string[] | undefined;
  readonly owner?: string | undefined;
  readonly ofProperty?: string | undefined;
  /** The client, and those that were merged into them. */
  readonly ofClient?: readonly string[] | undefined;
  readonly filters?: readonly Filter<ListedOf<T>>[];
  /** What is left out of a page that is read without it: such a page is short. For what is left out rarely. */
  leavesOut?(listed: ListedOf<T>): boolean;
  /** The same page has the same cursor, for whom caches answer. */
  readonly stableCursors?: boolean;
}

/** What a query sorts by: the newest first unless said, and the changes in their order where it asks for those. */
export function sorting<Field extends string>(
  query: { readonly sort?: Field | `-${Field}` | undefined; readonly updated_since?: string | undefined },
  orders: Readonly<Record<Field, Order>>,
): { readonly order: Order; readonly descending: boolean } {
  const sort: string = query.sort ?? (query.updated_since === undefined ? "-created_at" : "updated_at");
  return { order: orders[sort.replace("-", "") as Field], descending: sort.startsWith("-") };
}

/** How many entries a filtered page examines at most, and how many are sorted in memory where no index sorts. */
export const examined = 500;

interface Source {
  readonly index: IndexName;
  readonly partition: Readonly<Record<string, string>>;
  readonly answers: readonly Answered[];
}

/** Whether a source's index sorts as the list does; else all of it is read and sorted here. */
const isSorted = ({ answers }: Source): boolean => answers.includes("range");

const sortAttributes = {
  created: ["at", "id"],
  changed: ["changed_at", "id"],
  rank: ["rank", "id"],
  bedrooms: ["bedrooms", "id"],
} as const satisfies Record<Order, readonly string[]>;

/**
 * Reads one page of the records that the caller may read, with one Query for each audience (and for each state, where
 * only an index within a state sorts). Eventually consistent. Throws `invalid_cursor` for a cursor of another list,
 * filter, sort, caller or brokerage, and `narrow_the_list` where more than 500 records would have to be sorted.
 */
export async function listRecords<T extends AnyRecordType>(
  table: TableQuerier,
  listing: Listing<T>,
): Promise<Page<ListedOf<T>>> {
  const { type, query, cursorKey, order = "created", descending = listing.order === undefined } = listing;
  const { stableCursors = false } = listing;
  const sources = sourcesOf(listing);
  const { limit, cursor, ...filters } = query;
  const scope = JSON.stringify([type.name, sources, order, descending, filters]);
  const from = cursor === undefined ? undefined : decryptCursor<Item>(cursor, cursorKey, scope);
  const attributes = sortAttributes[order];
  const compare = comparing(attributes, descending);

  const reads = await Promise.all(
    sources.map((source) =>
      isSorted(source)
        ? read(table, source, listing, { from, attributes, descending, share: sources.length })
        : gather(table, source, listing),
    ),
  );
  // Beyond the last entry of a source that has more, another entry of it may stand in between.
  const [horizon] = reads.flatMap(({ last }) => last ?? []).sort(compare);
  const seen = new Set<unknown>();
  const entries = reads
    .flatMap(({ items }) => items)
    .sort(compare)
    // A record can be in several audiences, and have ended the page before in another.
    .filter((entry) => !seen.has(entry.id) && seen.add(entry.id) && !(from && compare(entry, from) <= 0))
    .filter((entry) => !horizon || compare(entry, horizon) <= 0);

  const shown = entries.slice(0, limit);
  const end = entries.length > limit ? shown.at(-1) : horizon;
  return {
    items: shown.map((entry) => listedIn(type, entry)),
    next_cursor: end
      ? encryptCursor(pick(end, [...attributes, "pk", "sk"]), cursorKey, scope, { stable: stableCursors })
      : null,
  };
}

const toRead = ({ guard }: AnyRecordType): Permission => `${guard as Resource}:read`;

/** Which partitions of which indexes hold what the caller may read. */
function sourcesOf(listing: Listing<AnyRecordType>): readonly Source[] {
  const { type, caller, owner } = listing;
  const permission = toRead(type);
  const above = ofParent(listing);
  if (above) return above;
  const states = statesOf(listing);
  const audiences = audiencesOf(caller, permission) ?? [];
  const ownersList = `owner:${owner}`;
  if (audiences === "brokerage")
    return owner === undefined ? ofBrokerage(listing, states) : ofAudience(listing, ownersList, ["owner"]);
  // All of the caller's own are in one audience.
  if (audiences.includes(ownersList)) return ofAudience(listing, ownersList, ["owner"]);
  const own = audiences.flatMap((one) => ofAudience(listing, one, []));
  if (!readsListed(permission)) return own;
  const listed = listedStatuses.filter((status) => states?.includes(status) ?? true);
  return [...own, ...(listed.length > 0 ? ofBrokerage(listing, listed) : [])];
}

/** What belongs to a property or client, by the index that lists it. */
function ofParent({
  type,
  caller: { brokerage_id },
  order = "created",
  ofProperty,
  ofClient,
}: Listing<AnyRecordType>): readonly Source[] | undefined {
  const child = type.name;
  const answers: readonly Answered[] = order === "created" ? ["range"] : [];
  if (ofProperty !== undefined)
    return [{ index: "of_property", partition: { brokerage_id, property_id: ofProperty, child }, answers }];
  return ofClient?.map((client_id) => ({
    index: "of_client",
    partition: { brokerage_id, client_id, child },
    answers,
  }));
}

/** The states that a list is narrowed to; undefined for all. */
const statesOf = ({ state }: Pick<Listing<AnyRecordType>, "state">): readonly string[] | undefined =>
  typeof state === "string" ? [state] : state;

/** The brokerage's records, in some states or in all. */
function ofBrokerage(
  { type, caller, order = "created" }: Listing<AnyRecordType>,
  states?: readonly string[],
): Source[] {
  const ofKind = { brokerage_id: caller.brokerage_id, kind: type.name };
  if (states === undefined && order === "created")
    return [{ index: "kind_at", partition: ofKind, answers: ["range"] }];
  if (states === undefined && order === "changed")
    return [{ index: "kind_changed", partition: ofKind, answers: ["range"] }];
  const index = (
    { created: "state_at", rank: "state_rank", bedrooms: "state_bedrooms", changed: "state_at" } as const
  )[order];
  return (states ?? type.states ?? []).map((state) => ({
    index,
    partition: { ...ofKind, state },
    answers: order === "changed" ? ["state"] : ["state", "range"],
  }));
}

/** What one audience may read. */
function ofAudience(listing: Listing<AnyRecordType>, of: string, answers: readonly Answered[]): Source[] {
  const { type, caller, order = "created" } = listing;
  const { brokerage_id } = caller;
  const name = audience(type, of);
  const hasDesk = type.lists.includes("desk");
  if (order === "changed" && hasDesk)
    return [
      { index: "desk_changed", partition: { brokerage_id, desk: name }, answers: [...answers, "range"] },
    ];
  if (order === "rank" && hasDesk)
    return (statesOf(listing) ?? type.states ?? []).map((one) => ({
      index: "desk_rank",
      partition: { brokerage_id, desk: name, state: one },
      answers: [...answers, "state", "range"],
    }));
  return [
    {
      index: "audience_at",
      partition: { brokerage_id, audience: name },
      answers: order === "created" ? [...answers, "range"] : answers,
    },
  ];
}

/** Whether an entry passes the filters that the index does not answer, is still shared, and has a readable parent. */
function isShown<T extends AnyRecordType>(
  { type, caller, now, filters = [], ofProperty, ofClient, leavesOut }: Listing<T>,
  { answers }: Source,
): { readonly isOpen: boolean; holds(entry: Item): boolean } {
  const permission = toRead(type);
  const open = filters.filter(({ answeredBy }) => !answeredBy || !answers.includes(answeredBy));
  // What has a parent is read by whoever reads that.
  const isDecided =
    (ofProperty === undefined && ofClient === undefined) ||
    type.parent !== undefined ||
    audiencesOf(caller, permission) === "brokerage";
  return {
    isOpen: open.length > 0 || !isDecided,
    holds(entry) {
      if (hasEnded(entry.until as string | undefined, now)) return false;
      const listed = listedIn(type, entry);
      if (leavesOut?.(listed)) return false;
      if (!isDecided && !decide(caller, permission, listed as object, now).allowed) return false;
      return open.every(({ holds }) => holds(listed));
    },
  };
}

/** One Query of one source, from the position on. One entry more than asked for tells whether there are more. */
async function read<T extends AnyRecordType>(
  table: TableQuerier,
  source: Source,
  listing: Listing<T>,
  {
    from,
    attributes,
    descending,
    share,
  }: { from: Item | undefined; attributes: readonly string[]; descending: boolean; share: number },
): Promise<{ items: Item[]; last: Item | undefined }> {
  const { isOpen, holds } = isShown(listing, source);
  const { min, max } = listing.range ?? {};
  const bounds = [
    ...(min !== undefined && max !== undefined ? ["#first BETWEEN :min AND :max"] : []),
    ...(min !== undefined && max === undefined ? ["#first >= :min"] : []),
    ...(min === undefined && max !== undefined ? ["#first <= :max"] : []),
  ];
  const parts = Object.entries(source.partition);
  const { items, last } = await table.query({
    IndexName: source.index,
    KeyConditionExpression: [...parts.map((_, at) => `#${at} = :${at}`), ...bounds].join(" AND "),
    ExpressionAttributeNames: Object.fromEntries([
      ...parts.map(([name], at) => [`#${at}`, name]),
      ...bounds.map(() => ["#first", attributes[0]]),
    ]),
    ExpressionAttributeValues: Object.fromEntries([
      ...parts.map(([, value], at) => [`:${at}`, value]),
      ...Object.entries({ ":min": min, ":max": max }).filter(([, value]) => value !== undefined),
    ]),
    ScanIndexForward: !descending,
    Limit: isOpen ? Math.ceil(examined / share) : listing.query.limit + 1,
    ExclusiveStartKey: from && { ...source.partition, ...from },
  });
  return { items: items.filter(holds), last };
}

/** All of a source that no index sorts. */
async function gather<T extends AnyRecordType>(
  table: TableQuerier,
  source: Source,
  listing: Listing<T>,
): Promise<{ items: Item[]; last: undefined }> {
  const { holds } = isShown(listing, source);
  const [first] = sortAttributes[listing.order ?? "created"];
  const entries: Item[] = [];
  for await (const entry of entriesIn(table, source.index, source.partition))
    if (entries.push({ changed_at: entry.updated_at, ...entry }) > examined)
      throw new Problem(
        "narrow_the_list",
        `With your permissions this sort is limited to ${examined} entries: use another sort or add a filter`,
      );
  const items = entries.filter((entry) => isWithin(entry[first], listing.range) && holds(entry));
  return { items, last: undefined };
}

/** Whether an entry has what a list is sorted by, and within its bounds. */
function isWithin(value: unknown, { min, max }: NonNullable<Listing<AnyRecordType>["range"]> = {}): boolean {
  if (typeof value !== "string" && typeof value !== "number") return false;
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

/** Every entry of a partition of an index, in its order. Eventually consistent. */
export async function* entriesIn(
  table: TableQuerier,
  index: IndexName,
  partition: Readonly<Record<string, string>>,
): AsyncGenerator<Item> {
  yield* everyItem(table, entriesOf(index, partition));
}

/** One page of entries of a partition of an index, `limit` at most. Eventually consistent. */
export function entriesFrom(
  table: TableQuerier,
  index: IndexName,
  partition: Readonly<Record<string, string>>,
  from: Item | undefined,
  limit: number,
): ReturnType<TableQuerier["query"]> {
  return table.query({ ...entriesOf(index, partition), ExclusiveStartKey: from, Limit: limit });
}

function entriesOf(index: IndexName, partition: Readonly<Record<string, string>>) {
  const parts = Object.entries(partition);
  return {
    IndexName: index,
    KeyConditionExpression: parts.map((_, at) => `#${at} = :${at}`).join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(parts.map(([name], at) => [`#${at}`, name])),
    ExpressionAttributeValues: Object.fromEntries(parts.map(([, value], at) => [`:${at}`, value])),
  };
}

/**
 * Every item of a partition of the table after `from`, or those whose sort key has a prefix, in the order of the sort
 * keys. A request reads `atOnce` of them at most. Strongly consistent.
 */
export async function* partitionItems(
  table: TableQuerier,
  pk: string,
  {
    prefix,
    from,
    atOnce,
  }: { readonly prefix?: string; readonly from?: Item | undefined; readonly atOnce?: number } = {},
): AsyncGenerator<Item> {
  yield* everyItem(table, {
    KeyConditionExpression: prefix === undefined ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
    ExpressionAttributeValues: { ":pk": pk, ...(prefix === undefined ? {} : { ":prefix": prefix }) },
    ConsistentRead: true,
    ExclusiveStartKey: from,
    Limit: atOnce,
  });
}

/**
 * Reads one page of the items in a record's partition whose sort key has a prefix, newest first, with one Query.
 * Strongly consistent; `matches` may filter items out, so a page may be short while `next_cursor` is set.
 */
export async function partitionPage<Entry>(
  table: TableQuerier,
  { pk }: Pick<Key, "pk">,
  prefix: string,
  query: ListQuery,
  cursorKey: string,
  matches: (entry: Entry) => boolean = () => true,
): Promise<Page<Entry>> {
  const before = query.cursor === undefined ? undefined : decryptCursor<string>(query.cursor, cursorKey, pk);
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
    next_cursor: last ? encryptCursor(last.sk, cursorKey, pk) : null,
  };
}

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
