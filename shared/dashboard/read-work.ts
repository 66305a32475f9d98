import { readBuckets } from "../data/buckets.ts";
import { type Listing, listRecords } from "../data/list.ts";
import { aliveIn, recordKey } from "../data/record-item.ts";
import type { TableQuerier } from "../data/table.ts";
import { scopeOf } from "../domain/access.ts";
import { clientRecord, type StoredClient } from "../domain/client.ts";
import { dayIn, daysAfter } from "../domain/days.ts";
import { propertyRecord } from "../domain/property-record.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { taskRecord } from "../domain/task.ts";
import {
  leadDays,
  mostListings,
  mostShown,
  type OverdueTask,
  type QuietListing,
  quietDays,
  type UnansweredLead,
  type Waiting,
} from "./data.ts";

/** Whose work it is: one person's, a team's, or all that the reader may read. */
export interface WorkOf {
  readonly user_id?: string | undefined;
  readonly team_id?: string | undefined;
}

/** What waits, its agents by their ids. */
export interface Work {
  readonly leads?: Waiting<UnansweredLead>;
  readonly tasks?: Waiting<OverdueTask>;
  readonly listings?: Waiting<QuietListing>;
}

type Reading = Pick<Listing<AnyRecordType>, "caller" | "now" | "cursorKey"> & {
  readonly table: TableQuerier;
  readonly of: WorkOf;
  readonly time_zone: string;
};

/** Clients who may be unanswered leads, of which the records are read: so many at a time, and so many times. */
const [candidates, mostReads] = [50, 5];
const day = 86_400_000;

/**
 * What waits for a person, of what the reader may read; a kind that they may not read at all is absent. One Query of tasks
 * for each state, one of listings and one of each of 50 of them, and of clients one with a batch of 50 records, up to five
 * times. A reader of limited scope has a Query for each of their teams and for what is shared with them in place of
 * one. A Query examines 500 entries.
 */
export async function readWork(reading: Reading): Promise<Work> {
  const { caller } = reading;
  const may = (resource: "client" | "task" | "property") => scopeOf(caller, `${resource}:read`) !== undefined;
  const [leads, tasks, listings] = await Promise.all([
    may("client") ? unansweredLeads(reading) : undefined,
    may("task") ? overdueTasks(reading) : undefined,
    may("property") ? quietListings(reading) : undefined,
  ]);
  return { ...(leads && { leads }), ...(tasks && { tasks }), ...(listings && { listings }) };
}

/** A list of the reader's of a type, of whose work it is, the oldest first. */
const listing = <T extends AnyRecordType>(
  { caller, now, cursorKey, of: { user_id, team_id } }: Reading,
  type: T,
  limit: number,
  holds: NonNullable<Listing<T>["filters"]>[number]["holds"] = () => true,
) => ({
  ...{ type, caller, now, cursorKey, query: { limit }, descending: false, owner: user_id },
  filters: [
    { holds },
    ...(team_id === undefined ? [] : [{ holds: (record: object) => (record as WorkOf).team_id === team_id }]),
  ],
});

async function unansweredLeads(reading: Reading): Promise<Waiting<UnansweredLead>> {
  const waiting: StoredClient[] = [];
  let cursor: string | undefined;
  for (let reads = 0; reads < mostReads; reads++) {
    const { items, next_cursor } = await candidatesFrom(reading, cursor);
    waiting.push(...(await leadsAmong(reading, items)));
    cursor = next_cursor ?? undefined;
    if (!cursor || waiting.length > mostShown) break;
  }
  return shown(waiting, cursor ?? null, ({ name, lead_source, owner_user_id, created_at }) => ({
    ...{ name, source: lead_source ?? "", agent: owner_user_id, since: created_at },
  }));
}

/** Clients of the last days whom nobody has been in contact with, from some place on. */
const candidatesFrom = (reading: Reading, cursor: string | undefined) => {
  const { query, ...rest } = listing(
    reading,
    clientRecord,
    candidates,
    ({ lead_source, last_contacted_at }) => lead_source !== undefined && last_contacted_at === undefined,
  );
  return listRecords(reading.table, {
    ...{ ...rest, query: { ...query, cursor }, order: "created" },
    range: { min: new Date(reading.now.getTime() - leadDays * day).toISOString() },
  });
};

/** Those who came by an enquiry and were not answered: lists show neither. */
async function leadsAmong(
  { table, caller }: Reading,
  clients: readonly { readonly id: string }[],
): Promise<StoredClient[]> {
  if (clients.length === 0) return [];
  const read = await table.getMany(clients.map(({ id }) => recordKey(caller.brokerage_id, clientRecord, id)));
  return read.flatMap((item) => {
    const client = aliveIn(clientRecord, item);
    return client?.came_by_enquiry && client.first_responded_at === null && client.merged_into === null
      ? [client]
      : [];
  });
}

async function overdueTasks(reading: Reading): Promise<Waiting<OverdueTask>> {
  const { items, next_cursor } = await listRecords(reading.table, {
    ...listing(reading, taskRecord, mostShown + 1),
    state: ["pending", "processing"],
    order: "rank",
    range: { max: reading.now.getTime() - 1 },
  });
  return shown(items, next_cursor, ({ title, owner_user_id, priority, due_date }) => ({
    ...{ title, agent: owner_user_id, priority, due: due_date! },
  }));
}

async function quietListings(reading: Reading): Promise<Waiting<QuietListing>> {
  const { table, caller, now, time_zone } = reading;
  const { items } = await listRecords(table, {
    ...listing(reading, propertyRecord, mostListings, ({ status }) => status === "active"),
    state: "active",
    order: "created",
    range: { max: new Date(now.getTime() - quietDays * day).toISOString() },
  });
  const to = daysAfter(dayIn(time_zone, now), 1);
  const days = { from: daysAfter(to, -quietDays), to };
  const quiet = await Promise.all(
    items.map(async ({ id }) => {
      const read = await readBuckets(
        table,
        caller.brokerage_id,
        "listing-performance",
        `property:${id}`,
        days,
      );
      return read.every(({ tally }) => activities.every((name) => !tally.counts[name]));
    }),
  );
  return shown(
    items.filter((_, at) => quiet[at]),
    null,
    ({ title, address, owner_user_id, created_at }) => ({
      ...{ title: address ?? title, agent: owner_user_id ?? "", since: created_at },
    }),
  );
}

/** What of a listing's numbers is somebody's interest in it. */
const activities = ["views", "favorites", "shares", "enquiries"];

const shown = <Read, One>(
  found: readonly Read[],
  next: string | null,
  one: (read: Read) => One,
): Waiting<One> => ({
  items: found.slice(0, mostShown).map(one),
  more: found.length > mostShown || next !== null,
});
