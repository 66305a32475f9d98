import { readBuckets } from "../data/buckets.ts";
import { type Listing, listRecords } from "../data/list.ts";
import { aliveIn, recordKey } from "../data/record-item.ts";
import type { TableQuerier } from "../data/table.ts";
import { scopeOf } from "../domain/access.ts";
import { clientRecord } from "../domain/client.ts";
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

/** Clients who may be unanswered leads, of which the records are read. */
const mostCandidates = 40;
const day = 86_400_000;

/**
 * What waits for a person, of what the reader may read; a kind that they may not read at all is absent. One Query of tasks
 * for each state, one of clients and one of listings, the records of 40 clients, and one Query of each of 50 listings:
 * some 60 requests at most. A Query examines 500 entries.
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
  const { table, caller, now } = reading;
  const { items, next_cursor } = await listRecords(table, {
    ...listing(
      reading,
      clientRecord,
      mostCandidates,
      ({ lead_source, last_contacted_at }) => lead_source !== undefined && last_contacted_at === undefined,
    ),
    order: "created",
    range: { min: new Date(now.getTime() - leadDays * day).toISOString() },
  });
  if (items.length === 0) return { items: [], more: next_cursor !== null };
  const read = await table.getMany(items.map(({ id }) => recordKey(caller.brokerage_id, clientRecord, id)));
  // Lists do not show who has been answered, nor who came with an import.
  const waiting = read.flatMap((item) => {
    const client = aliveIn(clientRecord, item);
    const isLead = client && client.first_responded_at === null && client.merged_into === null;
    return isLead && !client.import ? [client] : [];
  });
  return shown(waiting, next_cursor, ({ name, lead_source, owner_user_id, created_at }) => ({
    ...{ name, source: lead_source ?? "", agent: owner_user_id, since: created_at },
  }));
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
