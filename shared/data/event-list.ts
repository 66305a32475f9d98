import { type Caller, scopeOf } from "../domain/access.ts";
import type { AnalyticsEvent, StoredEvent } from "../domain/analytics/event.ts";
import { type EventQuery, eventFilter, maySee } from "../domain/analytics/event-list.ts";
import { daysOpen } from "../domain/analytics/periods.ts";
import { clocksApart } from "../domain/interaction.ts";
import { decryptCursor, encryptCursor } from "./cursor.ts";
import { eventIn, eventKind, shards } from "./events.ts";
import { examined, type Page } from "./list.ts";
import { pick } from "./record-item.ts";
import type { Item, TableQuerier } from "./table.ts";

/** What a page of events is read with. */
interface Asking {
  readonly query: EventQuery;
  readonly caller: Caller;
  readonly cursorKey: string;
  readonly now: Date;
}

/** How long may lie between an event and its arrival: it is sent within seven days, and written within one more. */
const longestWay = daysOpen * 86_400_000;
const timeFrom = (moment: string, milliseconds: number) =>
  new Date(Date.parse(moment) + milliseconds).toISOString();

/**
 * One page of the events that the caller may see, the newest arrival first: one Query of each shard. Eventually
 * consistent; a page examines 500 events at most, so it may be short. Throws `invalid_cursor` for one of another list.
 */
export async function eventPage(
  table: TableQuerier,
  { query: { limit, cursor, ...asked }, caller, cursorKey, now }: Asking,
): Promise<Page<AnalyticsEvent>> {
  const { from, to, holds, isOpen } = eventFilter({ limit, cursor, ...asked });
  const scope = JSON.stringify(["events", caller.brokerage_id, caller.user_id, asked]);
  const before = cursor === undefined ? undefined : decryptCursor<Item>(cursor, cursorKey, scope);
  const range = {
    from: from === undefined ? "0" : timeFrom(from, -clocksApart),
    to: to === undefined ? "9" : timeFrom(to, longestWay),
  };
  // Where nothing is left out, a page needs no more of a shard than it shows, and one to tell whether there are more.
  const isWhole = isOpen && scopeOf(caller, "analytics:read") === "brokerage";
  const most = isWhole ? Math.min(limit + 1, examined / shards.length) : examined / shards.length;
  const { brokerage_id } = caller;
  const reads = await Promise.all(
    shards.map((shard) => newestOf(table, { brokerage_id, kind: eventKind(shard) }, range, most, before)),
  );
  // Beyond the last entry of a shard that has more, another entry of it may stand in between.
  const [horizon] = reads.flatMap(({ last }) => last ?? []).sort(newestFirst);
  const found = reads
    .flatMap(({ items }) => items)
    .sort(newestFirst)
    .filter((entry) => !horizon || newestFirst(entry, horizon) <= 0)
    .map((entry): [Item, StoredEvent] => [entry, eventIn(entry)])
    .filter(([, event]) => holds(event) && maySee(caller, event, now));
  const shown = found.slice(0, limit);
  const end = found.length > limit ? shown.at(-1)![0] : horizon;
  return {
    items: shown.map(([, event]) => event),
    next_cursor: end ? encryptCursor(pick(end, ["at", "id", "pk", "sk"]), cursorKey, scope) : null,
  };
}

/** The newest entries of a shard within a time, after a position. */
const newestOf = (
  table: TableQuerier,
  partition: { readonly brokerage_id: string; readonly kind: string },
  { from, to }: { readonly from: string; readonly to: string },
  most: number,
  before: Item | undefined,
) =>
  table.query({
    IndexName: "kind_at",
    KeyConditionExpression: "brokerage_id = :brokerage AND kind = :kind AND #at BETWEEN :from AND :to",
    ExpressionAttributeNames: { "#at": "at" },
    ExpressionAttributeValues: {
      ":brokerage": partition.brokerage_id,
      ":kind": partition.kind,
      ":from": from,
      ":to": to,
    },
    ScanIndexForward: false,
    Limit: most,
    ExclusiveStartKey: before && { ...partition, ...before },
  });

const place = ({ at, id }: Item) => `${at} ${id}`;
const newestFirst = (one: Item, other: Item): number => {
  const [a, b] = [place(one), place(other)];
  return a === b ? 0 : a > b ? -1 : 1;
};
