import { createHash } from "node:crypto";
import type { StoredEvent } from "../domain/analytics/event.ts";
import { partitionItems } from "./list.ts";
import { create, ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import { everyItem, type Item, type Key, type PutWrite, type TableQuerier } from "./table.ts";

/**
 * Events, each one item that is written once and never changed. It stands in a partition of its brokerage, the UTC day on
 * which it happened and a shard; in the order of arrival it is found through the index `kind_at`. Writing one is a Put
 * of the item and of its entry in that index: 2 units up to 1 KB.
 */

/** A brokerage's events of a day are spread over so many partitions, and the arriving ones over so many index keys. */
export const shards = [0, 1, 2, 3] as const;

/** Days for which an event is kept after it happened. */
const daysKept = 400;

/** The beginning of these items' sort keys. */
const eventPrefix = "event#";

/** How the ids of looks begin whose client is known: what follows from them finds them in the stream by that. */
const lookId = "look#";
export const lookPrefix = `${eventPrefix}${lookId}`;
export const newLookId = (newId: () => string): string => `${lookId}${newId()}`;

const partitionOf = (brokerageId: string, day: string, shard: number) =>
  `${brokerageId}#event#${day}#${shard}`;

/** What the events of a shard are in the list of what a brokerage has. */
export const eventKind = (shard: number): string => `event ${shard}`;

/** By its id alone: an event that is told again is the same item. */
const shardOf = (id: string): number => createHash("sha256").update(id).digest()[0]! % shards.length;

/** Where an event stands: the same id on the same day is the same event. */
export const eventKey = ({
  brokerage_id,
  occurred_at,
  id,
}: Pick<StoredEvent, "brokerage_id" | "occurred_at" | "id">): Key => ({
  pk: partitionOf(brokerage_id, occurred_at.slice(0, 10), shardOf(id)),
  sk: `${eventPrefix}${id}`,
});

/** Of events that are the same one, the first. */
export function firstOfEach(events: readonly StoredEvent[]): StoredEvent[] {
  const first = new Map<string, StoredEvent>();
  for (const event of events) {
    const { pk, sk } = eventKey(event);
    const name = `${pk} ${sk}`;
    if (!first.has(name)) first.set(name, event);
  }
  return [...first.values()];
}

/** Writes an event unless it is there: that one stays. Its condition then fails, or a caller's commit with `duplicate`. */
export function eventWrite(event: StoredEvent): PutWrite {
  const { brokerage_id, id, arrived_at, ...listed } = event;
  const { occurred_at } = listed;
  const end = ttl(new Date(Date.parse(occurred_at) + daysKept * 86_400_000));
  const found = { kind: eventKind(shardOf(id)), at: arrived_at };
  return create(
    withSchemaVersion("event", {
      ...eventKey(event),
      ...{ brokerage_id, id, ...found, listed: withoutNulls(listed), ttl: end },
    }),
    "duplicate",
  );
}

const withoutNulls = (listed: object) =>
  Object.fromEntries(Object.entries(listed).filter(([, value]) => value !== null));

/** The event in an item, or in an entry of the index. */
export function eventIn({ brokerage_id, id, at, listed }: Item): StoredEvent {
  const nothing = { user_id: null, entity_id: null };
  const meta = { brokerage_id: String(brokerage_id), id: String(id), arrived_at: String(at) };
  return { ...nothing, ...(listed as Omit<StoredEvent, keyof typeof meta>), ...meta };
}

/**
 * What arrived in a shard after one moment and up to another, in the order of arrival. Eventually consistent: ask for what
 * is older than 30 seconds, and nothing is missed.
 */
export async function* eventsArrived(
  table: TableQuerier,
  brokerageId: string,
  shard: number,
  { after, upTo }: { readonly after: string; readonly upTo: string },
): AsyncGenerator<StoredEvent> {
  const arrived = everyItem(table, {
    IndexName: "kind_at",
    KeyConditionExpression: "brokerage_id = :brokerage AND kind = :kind AND #at BETWEEN :after AND :upTo",
    ExpressionAttributeNames: { "#at": "at" },
    ExpressionAttributeValues: {
      ":brokerage": brokerageId,
      ":kind": eventKind(shard),
      ":after": justAfter(after),
      ":upTo": upTo,
    },
  });
  for await (const item of arrived) yield eventIn(item);
}

/** A range of a key includes both ends: this is later than a moment, and earlier than every other after it. */
const justAfter = (moment: string) => `${moment}~`;

/** All events of a shard that happened on a UTC day, in no useful order. Strongly consistent. */
export async function* eventsOfDay(
  table: TableQuerier,
  brokerageId: string,
  day: string,
  shard: number,
): AsyncGenerator<StoredEvent> {
  for await (const item of partitionItems(table, partitionOf(brokerageId, day, shard))) yield eventIn(item);
}
