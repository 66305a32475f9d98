import type { Caller } from "../domain/access.ts";
import { type AuditEvent, type AuditQuery, dayOf, type FieldChange, readsAll } from "../domain/audit.ts";
import type { Particulars } from "../domain/log.ts";
import type { LogEntry } from "../domain/log-chain.ts";
import { instant } from "../domain/schemas.ts";
import { decryptCursor, encryptCursor } from "./cursor.ts";
import { examined, type Page } from "./list.ts";
import { entriesInPartition, entryIn, entryKey, markPartition, markRanges, readHead } from "./log.ts";
import { firstOf, moved } from "./log-entries.ts";
import { pick } from "./record-item.ts";
import type { Item, TableQuerier } from "./table.ts";

/** An entry as an audit shows it: with values where the caller may read all of the entity's records. */
export function eventOf(entry: LogEntry, readsAll: (entity: string) => boolean): AuditEvent {
  const { sequence, at, type, by, operation_id, entity, id, version = null, hash, particulars } = entry;
  const known: Particulars = particulars ? JSON.parse(particulars) : {};
  const { ip = null, user_agent = null, api_key_id = null, changes = [] } = known;
  return {
    ...{ sequence, at, type, by, ip, user_agent, api_key_id, operation_id, entity, id, version },
    ...{ changes: readsAll(entity) ? (changes as FieldChange[]) : [], hash },
  };
}

/** What an audit asks for. */
export interface Asked {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly user_id?: string | undefined;
  readonly entity?: string | undefined;
  readonly id?: string | undefined;
  /** Moments as entries carry them. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly type?: string | undefined;
}

/** One page of the events of the caller's brokerage. */
export async function auditEventPage(
  table: TableQuerier,
  {
    query: { from, to, ...asked },
    caller,
    cursorKey,
  }: { readonly query: AuditQuery; readonly caller: Caller; readonly cursorKey: string },
): Promise<Page<AuditEvent>> {
  const between = {
    ...(from === undefined ? {} : { from: instant(from) }),
    ...(to === undefined ? {} : { to: instant(to) }),
  };
  const page = await auditPage(table, caller.brokerage_id, { ...asked, ...between }, cursorKey);
  return { ...page, items: page.items.map((entry) => eventOf(entry, (entity) => readsAll(caller, entity))) };
}

/** One step through a list: what was found, and where to go on. */
interface Step {
  readonly entries: readonly LogEntry[];
  readonly next: unknown;
}

/**
 * One page of the log, newest first: of one record by its marks, of one user by the index, of all by the log's own
 * order. A filter that does not decide the order examines 500 entries at most, so a page may be short.
 */
export async function auditPage(
  table: TableQuerier,
  brokerageId: string,
  { limit, cursor, ...filters }: Asked,
  cursorKey: string,
): Promise<Page<LogEntry>> {
  const scope = JSON.stringify(["audit events", brokerageId, filters]);
  const from = cursor === undefined ? undefined : decryptCursor<never>(cursor, cursorKey, scope);
  const { entity, id, user_id } = filters;
  const reading = { table, brokerageId, limit, filters, holds: holding(filters) };
  const { entries, next } = await (entity !== undefined && id !== undefined
    ? ofRecord(reading, entity, id, from)
    : user_id !== undefined
      ? ofUser(reading, user_id, from)
      : ofAll(reading, from));
  return {
    items: [...entries],
    next_cursor: next === undefined ? null : encryptCursor(next, cursorKey, scope),
  };
}

interface Reading {
  readonly table: TableQuerier;
  readonly brokerageId: string;
  readonly limit: number;
  readonly filters: Omit<Asked, "limit" | "cursor">;
  holds(entry: LogEntry): boolean;
}

const holding =
  ({ user_id, entity, from, to, type }: Reading["filters"]) =>
  (entry: LogEntry): boolean =>
    (user_id === undefined || entry.actor === user_id) &&
    (entity === undefined || entry.entity === entity) &&
    (type === undefined || entry.type === type) &&
    (from === undefined || entry.at >= from) &&
    (to === undefined || entry.at < to);

/** Entries that a page reads by their sequences at most: one BatchGetItem. */
const namedAtOnce = 100;

type MarkKind = keyof typeof markRanges;

/** A record's marks name its entries: its versions in their order, and what is no version where the log has it. */
async function ofRecord(
  reading: Reading,
  entity: string,
  id: string,
  before: Readonly<Partial<Record<MarkKind, string>>> = {},
): Promise<Step> {
  const pk = markPartition(reading.brokerageId, entity, id);
  const { user_id, from, to, type } = reading.filters;
  const most = user_id || from || to || type ? namedAtOnce : reading.limit;
  const marks = async (kind: MarkKind) => {
    const [first, final] = markRanges[kind];
    const { items, last } = await reading.table.query({
      KeyConditionExpression: "pk = :pk AND sk BETWEEN :first AND :final",
      ExpressionAttributeValues: { ":pk": pk, ":first": first, ":final": final },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: most,
      ExclusiveStartKey: before[kind] === undefined ? undefined : { pk, sk: before[kind] },
    });
    return { items: items.map((mark) => ({ ...mark, kind })), hasMore: last !== undefined };
  };
  const [versions, others] = await Promise.all([marks("versions"), marks("others")]);
  const all = merged(versions.items, others.items);
  const found = all.slice(0, most);
  const hasMore = all.length > most || versions.hasMore || others.hasMore;
  const position = (last: Item) => {
    const passed = found.slice(0, found.findIndex(({ sk }) => sk === last.sk) + 1);
    const end = (kind: MarkKind) => passed.findLast((mark) => mark.kind === kind)?.sk ?? before[kind];
    return { versions: end("versions"), others: end("others") };
  };
  return named(reading, found, hasMore ? found.at(-1) : undefined, position);
}

/** Two lists as one, each in its own order: of both, the one that was logged later goes first. */
function merged<Mark extends Item>(one: readonly Mark[], other: readonly Mark[]): Mark[] {
  const [rest, otherRest] = [[...one], [...other]];
  const sequenceOf = ([mark]: readonly Mark[]) => Number(mark?.sequence ?? 0);
  return Array.from(
    { length: one.length + other.length },
    () => (sequenceOf(rest) > sequenceOf(otherRest) ? rest : otherRest).shift()!,
  );
}

/** What a user did, by the index, which is sorted by when it happened. */
async function ofUser(reading: Reading, userId: string, after?: Item): Promise<Step> {
  // Before and after every moment.
  const { from = "0", to = "~", type, entity } = reading.filters;
  const { items, last } = await reading.table.query({
    IndexName: "actor",
    KeyConditionExpression: "brokerage_id = :brokerage AND actor = :actor AND #at BETWEEN :from AND :to",
    ExpressionAttributeNames: { "#at": "at" },
    ExpressionAttributeValues: {
      ":brokerage": reading.brokerageId,
      ":actor": userId,
      ":from": from,
      ":to": to,
    },
    ScanIndexForward: false,
    Limit: type || entity ? namedAtOnce : reading.limit,
    ExclusiveStartKey: after,
  });
  const position = (item: Item) => pick(item, ["brokerage_id", "actor", "at", "id", "pk", "sk"]);
  return named(reading, items, last, position);
}

/** The entries that were found by their sequences, as far as the page goes. */
async function named(
  { table, brokerageId, limit, holds }: Reading,
  found: readonly Item[],
  last: Item | undefined,
  position: (item: Item) => unknown,
): Promise<Step> {
  const keys = found.map(({ sequence }) => entryKey(brokerageId, Number(sequence)));
  const items = keys.length > 0 ? await table.getMany(keys) : [];
  const held = items.flatMap((item, at) => (item && holds(entryIn(item)) ? [{ item, at }] : []));
  const shown = held.slice(0, limit);
  const end = held.length > limit ? found[shown.at(-1)!.at] : last;
  return { entries: shown.map(({ item }) => entryIn(item)), next: end && position(end) };
}

/**
 * The day after a change, counted from its own, on which it can be logged no more. A consumer that fails sets it aside
 * within six hours, so on the next day at the latest; the bucket keeps it for 30 days and to the end of that day
 * (infra/runbook.md, "A change was set aside"), and sent again it is logged with the time at which it happened.
 */
const lateDays = 32;
/** Milliseconds by which the clocks of what writes a change and of what logs it may differ. */
const clocksApart = 60_000;

/** The log from its end, or from where `to` lets it begin, down to where `from` does. */
async function ofAll(
  { table, brokerageId, limit, filters, holds }: Reading,
  position: number | undefined,
): Promise<Step> {
  const { from, to } = filters;
  const [oldest, newest] = await Promise.all([
    from === undefined ? 1 : firstOf(table, brokerageId, dayOf(moved(from, -clocksApart))),
    position ?? lastBefore(table, brokerageId, to),
  ]);
  if (oldest === undefined || newest < oldest) return { entries: [], next: undefined };
  const { pk, sk } = entryKey(brokerageId, newest);
  const begin = Math.max(oldest, newest - (newest % entriesInPartition));
  const isFiltered = Object.values(filters).some((filter) => filter !== undefined);
  const { items, last } = await table.query({
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :begin AND :end",
    ExpressionAttributeValues: { ":pk": pk, ":begin": entryKey(brokerageId, begin).sk, ":end": sk },
    ScanIndexForward: false,
    ConsistentRead: true,
    Limit: isFiltered ? examined : limit,
  });
  const shown = items.map(entryIn).filter(holds).slice(0, limit);
  // Where the page is full the next begins below its last, else below all that was examined.
  const end = shown.length === limit ? shown.at(-1)!.sequence : last ? Number(last.sk) : begin;
  return { entries: shown, next: end > oldest ? end - 1 : undefined };
}

/** The last sequence that can have happened before a moment. */
async function lastBefore(table: TableQuerier, brokerageId: string, to: string | undefined): Promise<number> {
  const day = to && to < "9999" && dayOf(moved(to, lateDays * 86_400_000));
  const first = day && (await firstOf(table, brokerageId, day));
  return first ? first - 1 : (await readHead(table, brokerageId)).sequence;
}
