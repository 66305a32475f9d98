import { changesReadableDays, dayOf, type RecordChange } from "../domain/audit.ts";
import type { LogEntry } from "../domain/log-chain.ts";
import { entriesInPartition, entryIn, entryKey, readHead } from "./log.ts";
import { firstOf, moved } from "./log-entries.ts";
import type { TableQuerier } from "./table.ts";

/** Why there are no changes after a sequence: they are too old, and the first readable is given; or none was logged. */
export class Unreadable extends Error {
  readonly first: number | undefined;
  constructor(first: number | undefined) {
    super(first === undefined ? "beyond the log" : "too old");
    this.first = first;
  }
}

/**
 * The entries after a sequence, with one Query: as far as they stand without a gap, for a transaction that is just being
 * written may show its parts one by one. A page ends where a partition does. Throws `Unreadable`.
 */
export async function entriesSince(
  table: TableQuerier,
  brokerageId: string,
  since: number,
  limit: number,
  now: Date,
): Promise<{ readonly entries: readonly LogEntry[]; readonly hasMore: boolean }> {
  const next = entryKey(brokerageId, since + 1);
  // The entry at `since` tells that it was ever logged; in a partition before this one, those after it do.
  const known = entryKey(brokerageId, since);
  const isTold = since > 0 && known.pk === next.pk;
  const { items } = await table.query({
    KeyConditionExpression: "pk = :pk AND sk >= :from",
    ExpressionAttributeValues: { ":pk": next.pk, ":from": isTold ? known.sk : next.sk },
    ConsistentRead: true,
    Limit: limit + 1 + (isTold ? 1 : 0),
  });
  const [first, ...rest] = items.map(entryIn);
  const isLogged = isTold ? first?.sequence === since : first || since === 0 || (await table.get(known));
  if (!isLogged) throw new Unreadable(undefined);
  const found = isTold || !first ? rest : [first, ...rest];
  const entries = found.filter(({ sequence }, at) => sequence === since + 1 + at);
  const [oldest] = entries;
  if (oldest && oldest.logged_at < readableFrom(now))
    throw new Unreadable(await firstReadable(table, brokerageId, now));
  const shown = entries.slice(0, limit);
  const last = shown.at(-1)?.sequence ?? since;
  const isFull = (last + 1) % entriesInPartition === 0 && shown.length > 0;
  return { entries: shown, hasMore: entries.length > limit || isFull };
}

const readableFrom = (now: Date) => new Date(now.getTime() - changesReadableDays * 86_400_000).toISOString();

/** The first sequence of the first day that is readable as a whole. */
async function firstReadable(table: TableQuerier, brokerageId: string, now: Date): Promise<number> {
  const dayAfter = dayOf(moved(readableFrom(now), 86_400_000));
  return (await firstOf(table, brokerageId, dayAfter)) ?? (await readHead(table, brokerageId)).sequence + 1;
}

/** An entry as a consumer of changes sees it, who may read the entity's records or not. */
export function changeOf(entry: LogEntry, readsAll: (entity: string) => boolean): RecordChange {
  const { sequence, change, entity, id, version, at, by, operation_id, fields } = entry;
  if (!change || version === undefined || !readsAll(entity)) return { sequence, type: "hidden" };
  return { sequence, type: change, entity, id, version, at, by, operation_id, fields: [...fields] };
}
