import { isDeepStrictEqual } from "node:util";
import { bucketKey, type Days, listKey, seenIn, seenKey } from "../shared/data/buckets.ts";
import { rebuildDays } from "../shared/data/closing.ts";
import { eventsArrived, eventWrite, shards } from "../shared/data/events.ts";
import { beginning } from "../shared/data/fold-state.ts";
import { partitionItems } from "../shared/data/list.ts";
import { unpack } from "../shared/data/packed.ts";
import { complete } from "../shared/data/record-item.ts";
import type { Item, Table } from "../shared/data/table.ts";
import { contributionsOf } from "../shared/domain/analytics/contributions.ts";
import type { About, MetricType, StoredEvent } from "../shared/domain/analytics/event.ts";
import { distinctIn, type Tally, together } from "../shared/domain/analytics/tally.ts";
import { brokerageRecord, newBrokerage } from "../shared/domain/brokerage.ts";
import { dayIn } from "../shared/domain/days.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { client } from "./client.ts";
import { type SignedIn, unique } from "./cloud.ts";
import { table } from "./in-process.ts";
import { overwrite } from "./records.ts";

/** A brokerage that schedules do not find, in a time zone: only its test folds its events. Answers its id. */
export async function hiddenBrokerage(time_zone: string): Promise<string> {
  const { newId, now, written } = invocation("test", null);
  const id = newId();
  await setZone(id, time_zone, { now, written });
  return id;
}

/** Gives a hidden brokerage another time zone. */
export function setZone(id: string, time_zone: string, { now, written } = invocation("test", null) as Stamp) {
  const at = now.toISOString();
  const named = { ...newBrokerage({ id, name: "Hidden", slug: unique() }), time_zone };
  const meta = { brokerage_id: id, version: 1, created_at: at, updated_at: at, written };
  return overwrite(brokerageRecord, complete(brokerageRecord, { ...named, ...meta }));
}
type Stamp = Pick<ReturnType<typeof invocation>, "now" | "written">;

/** An event of a brokerage: a view of a listing by a visitor, unless said. */
export const happened = (
  brokerage_id: string,
  id: string,
  { occurred_at, arrived_at }: Pick<StoredEvent, "occurred_at" | "arrived_at">,
  about: About = {},
  metric_type: MetricType = "detailed_view",
  value: StoredEvent["value"] = 1,
): StoredEvent => ({
  ...{ id, brokerage_id, metric_type, value, occurred_at, arrived_at, about },
  ...{ user_id: null, entity_type: "property", entity_id: about.property_id ?? null },
});

/** Writes events; one of the same key is replaced. */
export const keep = (events: readonly StoredEvent[]): Promise<void> =>
  table.putMany(events.map((event) => eventWrite(event).Put.Item));

/** What a bucket says, or its copy in a list: all but how far it is folded. */
export interface Numbers {
  readonly counts: Tally["counts"];
  readonly samples: Tally["samples"];
  readonly distinct: Readonly<Record<string, number>>;
  readonly time_zone: string;
}

/** A brokerage's numbers by key, and what was seen by key. */
export interface Kept {
  readonly buckets: ReadonlyMap<string, Numbers>;
  readonly seen: ReadonlyMap<string, Tally["seen"]>;
  readonly items: readonly Item[];
}

/** All items of the partitions in which a brokerage's events may count: a walk through the table would take minutes. */
async function itemsOf(brokerageId: string, events: Events): Promise<Item[]> {
  const partitions = new Set<string>();
  for await (const event of events)
    for (const { view, subject } of contributionsOf(event)) {
      const id = { view, subject, day: "" };
      const keys = [bucketKey(brokerageId, id), seenKey(brokerageId, id), listKey(brokerageId, id)];
      for (const key of keys) if (key) partitions.add(key.pk);
    }
  const items = await Promise.all([...partitions].map((pk) => gathered(partitionItems(table, pk))));
  return items.flat();
}

type Events = Iterable<StoredEvent> | AsyncIterable<StoredEvent>;

/** All events of a brokerage that are stored, by shard in the order of arrival. */
export async function* eventsOf(brokerageId: string): AsyncGenerator<StoredEvent> {
  for (const shard of shards)
    yield* eventsArrived(table, brokerageId, shard, { after: beginning, upTo: "9" });
}

/**
 * All buckets, copies and marks of a brokerage as they are stored, without those that are empty. Who has the events at hand
 * says them.
 */
export async function keptOf(brokerageId: string, events: Events = eventsOf(brokerageId)): Promise<Kept> {
  const items = await itemsOf(brokerageId, events);
  const seen = items
    .filter(({ pk }) => pk.startsWith(`${brokerageId}#seen#`))
    .map((item) => [nameOf(item), seenIn(item)] as const);
  const folded = items.filter(({ pk, tally }) => pk.startsWith(`${brokerageId}#view#`) && tally);
  const buckets = folded.map((item) => {
    const { counts, samples } = unpack<Pick<Tally, "counts" | "samples">>(item.tally);
    const distinct = item.distinct as Numbers["distinct"];
    return [nameOf(item), { counts, samples, distinct, time_zone: String(item.time_zone) }] as const;
  });
  return {
    buckets: new Map(buckets.filter(([, { counts }]) => Object.keys(counts).length > 0)),
    seen: new Map(seen.filter(([, seen]) => Object.keys(seen).length > 0)),
    items: [...items.filter(({ pk }) => pk.startsWith(`${brokerageId}#seen#`)), ...folded],
  };
}

/** `view#office#office 2026-03-01`. */
const nameOf = ({ pk, sk }: Item) => `${pk.slice(pk.indexOf("#") + 1)} ${sk}`;

/** What the numbers must be: each event once, on its day in the zone. Lists are not among them. */
export function expected(events: readonly StoredEvent[], time_zone: string): Omit<Kept, "items"> {
  const parts = new Map<string, Tally[]>();
  for (const event of new Map(events.map((event) => [event.id, event])).values())
    for (const { view, subject, adds } of contributionsOf(event)) {
      const name = `${view}#${subject} ${dayIn(time_zone, new Date(event.occurred_at))}`;
      parts.set(name, [...(parts.get(name) ?? []), adds]);
    }
  const wholes = [...parts].map(([name, adds]) => [name, together(...adds)] as const);
  return {
    buckets: new Map(
      wholes.map(([name, { counts, samples, seen }]) => [
        `view#${name}`,
        { counts, samples, distinct: distinctIn({ seen }), time_zone },
      ]),
    ),
    seen: new Map(
      wholes
        .filter(([, { seen }]) => Object.keys(seen).length > 0)
        .map(([name, { seen }]) => [`seen#${name}`, seen]),
    ),
  };
}

/** Whether a key is a copy's, in the list of a dimension. */
const isCopy = (name: string) => /^view#[a-z-]+#[a-z]+ \d{4}-\d\d-\d\d#/.test(name);

/** What of the kept numbers differs from others; copies in lists must be as their bucket. */
export function differences(kept: Omit<Kept, "items">, from: Omit<Kept, "items">): string[] {
  const own = new Map([...kept.buckets].filter(([name]) => !isCopy(name)));
  const copies = [...kept.buckets].filter(([name]) => isCopy(name));
  const listed = [...own.keys()].filter((name) => /#(user|team|source|band|city|type):/.test(name));
  return [
    ...differing(own, new Map([...from.buckets].filter(([name]) => !isCopy(name)))),
    ...differing(kept.seen, from.seen),
    ...differing(new Map(copies), new Map(listed.map((name) => [copyOf(name), own.get(name)!]))),
  ];
}

/** `view#pipeline#user:u 2026-03-01` stands again at `view#pipeline#user 2026-03-01#u`. */
const copyOf = (name: string): string => {
  const [, list, value, day] = name.match(/^([^:]*):(.*) (\S+)$/) as string[];
  return `${list} ${day}#${value}`;
};

const differing = <T>(one: ReadonlyMap<string, T>, other: ReadonlyMap<string, T>): string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter(
    (name) => !isDeepStrictEqual(one.get(name), other.get(name)),
  );

/** Removes all buckets, copies and marks of a brokerage. */
export async function forget(brokerageId: string): Promise<void> {
  const deletes = (await keptOf(brokerageId)).items.map(({ pk, sk }) => ({ Delete: { Key: { pk, sk } } }));
  for (let from = 0; from < deletes.length; from += 100) await table.commit(deletes.slice(from, from + 100));
}

/** Folds days from zero; answers what was said of each. */
export const rebuilt = (brokerageId: string, days: Days, now: Date, on: Table = table) =>
  gathered(rebuildDays(on, brokerageId, days, now));

/** What a view answers somebody. */
export const shown = (view: string, { token }: Pick<SignedIn, "token">, query: object = {}) =>
  client.getAnalytics({ token, params: { view }, query });

/** All that a generator yields. */
export async function gathered<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of from) all.push(one);
  return all;
}

/** A table whose first commit of an item with such a key waits for something else to happen before it. */
export function interrupted(pk: string, by: () => Promise<unknown>): Table {
  let isDone = false;
  return {
    ...table,
    async commit(writes) {
      const keys = writes.flatMap((write) => ("Update" in write ? [String(write.Update.Key?.pk)] : []));
      if (!isDone && keys.some((key) => key.includes(pk))) {
        isDone = true;
        await by();
      }
      return table.commit(writes);
    },
  };
}
