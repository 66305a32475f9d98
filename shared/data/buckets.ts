import { emptyTally, type Seen, type Tally } from "../domain/analytics/tally.ts";
import type { Dimension, Subject, ViewName } from "../domain/analytics/views.ts";
import { daysAfter } from "../domain/days.ts";
import { unpack } from "./packed.ts";
import { withSchemaVersion } from "./schema.ts";
import { everyItem, type Item, type Key, type TableQuerier, type UpdateWrite } from "./table.ts";

/** A subject's day in a view. */
export interface BucketId {
  readonly view: ViewName;
  readonly subject: Subject;
  readonly day: string;
}

/** The numbers of a subject's day in a view. */
export interface Bucket extends BucketId {
  /** The zone whose day it is. */
  readonly time_zone: string;
  /** No more events are counted in it. */
  readonly final: boolean;
  /** `seen` is empty here: it stands apart (`readSeen`), since it is large and seldom asked for. */
  readonly tally: Tally;
  /** How many different ones were seen that day, by name (`visitors`). */
  readonly distinct: Readonly<Record<string, number>>;
  /** Numbers as of the end of the day, or as of now, which are counted in records and not in events. */
  readonly stock?: Readonly<Record<string, number>>;
  /** When the last event arrived that is counted in it; absent where only the stock was noted. */
  readonly folded_to?: string;
}

/** Days (YYYY-MM-DD): from, included; to, not. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A subject's days of a view are side by side. */
export const bucketKey = (brokerageId: string, { view, subject, day }: BucketId): Key => ({
  pk: `${brokerageId}#view#${view}#${subject}`,
  sk: day,
});

/** What was seen on a subject's day. */
export const seenKey = (brokerageId: string, { view, subject, day }: BucketId): Key => ({
  pk: `${brokerageId}#seen#${view}#${subject}`,
  sk: day,
});

/** Views that say whom or what was seen. */
export const seenViews: readonly ViewName[] = ["listing-performance"];

/** Dimensions whose buckets are written a second time side by side, so that all values of some days are one Query. */
const listed: readonly Dimension[] = ["user", "team", "source", "band", "city", "type"];

/** A bucket's place in the list of its dimension; none for the office, properties and similar listings. */
export function listKey(brokerageId: string, { view, subject, day }: BucketId): Key | undefined {
  const dimension = listed.find((one) => subject.startsWith(`${one}:`));
  if (!dimension) return undefined;
  const value = subject.slice(dimension.length + 1);
  return { pk: `${brokerageId}#view#${view}#${dimension}`, sk: `${day}#${value}` };
}

/** A subject's buckets of some days, in their order, those that there are. One Query, eventually consistent. */
export async function readBuckets(
  table: TableQuerier,
  brokerageId: string,
  view: ViewName,
  subject: Subject,
  days: Days,
): Promise<Bucket[]> {
  const { pk } = bucketKey(brokerageId, { view, subject, day: days.from });
  const items = await itemsOfDays(table, pk, days);
  return items.map((item) => bucketIn(item, { view, subject, day: item.sk }));
}

/** What was seen on a subject's days, those that there are. One Query, eventually consistent. */
export async function readSeen(
  table: TableQuerier,
  brokerageId: string,
  view: ViewName,
  subject: Subject,
  days: Days,
): Promise<{ readonly day: string; readonly seen: Readonly<Record<string, Seen>> }[]> {
  const { pk } = seenKey(brokerageId, { view, subject, day: days.from });
  const items = await itemsOfDays(table, pk, days);
  return items.map((item) => ({ day: item.sk, seen: seenIn(item) }));
}

/** The buckets of all values of a dimension on some days, by day and value. One Query, eventually consistent. */
export async function readListed(
  table: TableQuerier,
  brokerageId: string,
  view: ViewName,
  dimension: Dimension,
  days: Days,
): Promise<(Bucket & { readonly value: string })[]> {
  const items = await itemsOfDays(table, `${brokerageId}#view#${view}#${dimension}`, days);
  return items.map((item) => {
    const [day, value] = [item.sk.slice(0, 10), item.sk.slice(11)];
    return { ...bucketIn(item, { view, subject: `${dimension}:${value}`, day }), value };
  });
}

async function itemsOfDays(table: TableQuerier, pk: string, { from, to }: Days): Promise<Item[]> {
  const found: Item[] = [];
  if (from >= to) return found;
  const items = everyItem(table, {
    // What is of the last day begins with it, and comes before `~`.
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :last",
    ExpressionAttributeValues: { ":pk": pk, ":from": from, ":last": `${daysAfter(to, -1)}~` },
  });
  for await (const item of items) found.push(item);
  return found;
}

/** The bucket in an item; without events, what only has a stock. */
export const bucketIn = (item: Item, id: BucketId): Bucket => ({
  ...id,
  time_zone: String(item.time_zone),
  final: item.final === true,
  tally: item.tally
    ? { ...emptyTally, ...unpack<Pick<Tally, "counts" | "samples">>(item.tally) }
    : emptyTally,
  distinct: (item.distinct ?? {}) as Bucket["distinct"],
  ...(item.stock ? { stock: item.stock as Record<string, number> } : {}),
  ...(item.folded_to ? { folded_to: String(item.folded_to) } : {}),
});

/** What was seen, in its item. */
export const seenIn = (item: Item | undefined): Tally["seen"] =>
  item?.seen ? unpack<Tally["seen"]>(item.seen) : {};

/**
 * The writes that note a stock in a subject's day, and in the list of its dimension: nothing else of the bucket changes.
 * Each stands by itself: they need no transaction.
 */
export function putStock(
  brokerageId: string,
  id: BucketId,
  stock: Readonly<Record<string, number>>,
  time_zone: string,
): UpdateWrite[] {
  return [bucketKey(brokerageId, id), listKey(brokerageId, id)].flatMap((key) =>
    key === undefined ? [] : [updateOf(key, withSchemaVersion("bucket", { stock, time_zone }))],
  );
}

/** The update that sets some attributes of an item and leaves the others. */
export const updateOf = (
  key: Key,
  attributes: Readonly<Record<string, unknown>>,
  condition: Partial<UpdateWrite["Update"]> = {},
): UpdateWrite => {
  const set = Object.entries(attributes);
  return {
    Update: {
      Key: key,
      ...condition,
      UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(", ")}`,
      ExpressionAttributeNames: {
        ...condition.ExpressionAttributeNames,
        ...Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
      },
      ExpressionAttributeValues: {
        ...condition.ExpressionAttributeValues,
        ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
      },
    },
  };
};
