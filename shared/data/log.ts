import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { dayOf } from "../domain/audit.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { Happening } from "../domain/log.ts";
import { emptyLog, entryAfter, type Head, type LogEntry } from "../domain/log-chain.ts";
import { recordKey } from "./record-item.ts";
import { create } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import {
  CommitConflict,
  ConditionFailed,
  type Item,
  type Key,
  type PutWrite,
  type TableReader,
  type TableWriter,
} from "./table.ts";

/** Entries in a partition of the log, and in one transaction: each with its mark, beside the head and the day. */
export const entriesInPartition = 10_000;
export const entriesAtOnce = 45;
/** How often an append is repeated when another one of the same brokerage was faster. */
const tries = 12;

const padded = (sequence: number) => String(sequence).padStart(12, "0");

/** The partition of a brokerage's log that holds the head, the days and the checkpoints. */
export const logPartition = (brokerageId: string): string => `${brokerageId}#log`;

export const entryKey = (brokerageId: string, sequence: number): Key => ({
  pk: `${logPartition(brokerageId)}#${Math.floor(sequence / entriesInPartition)}`,
  sk: padded(sequence),
});

export const headKey = (brokerageId: string): Key => ({ pk: logPartition(brokerageId), sk: "head" });

export const dayPrefix = "day#";
const dayKey = (brokerageId: string, day: string): Key => ({
  pk: logPartition(brokerageId),
  sk: `${dayPrefix}${day}`,
});

export const checkpointPrefix = "checkpoint#";
export const checkpointKey = (brokerageId: string, sequence: number): Key => ({
  pk: logPartition(brokerageId),
  sk: `${checkpointPrefix}${padded(sequence)}`,
});

export const markPrefix = "log#";
const beforeVersions = `${markPrefix}${padded(0)}#`;
/** Which of a record's marks stand between which sort keys: those of its versions, and those of what is no version. */
export const markRanges = {
  versions: [`${markPrefix}${padded(1)}#`, `${markPrefix}~`],
  others: [beforeVersions, `${beforeVersions}~`],
} as const;

export const markPartition = (brokerageId: string, entity: string, id: string): string =>
  `${brokerageId}#${entity}#${id}`;

/**
 * The key of the mark that says that a change stands in the log. The operation is part of it: a record that was purged
 * and is imported again begins again with version 1. What is no version stands by its operation, which is by time.
 */
const markKey = ({ brokerage_id, entity, id, version, operation_id, item }: Happening): Key => ({
  pk: markPartition(brokerage_id, entity, id),
  sk:
    version === undefined
      ? `${beforeVersions}${operation_id}#${item}`
      : `${markPrefix}${padded(version)}#${operation_id}`,
});

/** The end of a brokerage's log. */
export async function readHead(table: TableReader, brokerageId: string): Promise<Head> {
  return (await table.get<Key & Head>(headKey(brokerageId))) ?? emptyLog(brokerageId);
}

/**
 * Appends what happened to a brokerage's log, each once however often it is told. The new head, the entries and their
 * marks are one transaction on the condition of the old head: sequences have no gap.
 */
export async function appendToLog(
  table: TableReader & TableWriter<PutWrite>,
  brokerageId: string,
  happenings: readonly Happening[],
  invoked: Pick<Invocation, "now" | "written">,
): Promise<void> {
  const told = [...new Map(happenings.map((one) => [JSON.stringify(markKey(one)), one])).values()];
  for (let at = 0; at < told.length; at += entriesAtOnce)
    await append(table, brokerageId, told.slice(at, at + entriesAtOnce), invoked);
}

/** Milliseconds after which a change may be one that was set aside and is sent again. */
const late = 10 * 60_000;

/**
 * What happened, without the values of records that were erased since: an erasure waits for the changes before it, but
 * not for those that were set aside, which may come a month later.
 */
export async function withoutErased(
  table: TableReader,
  happenings: readonly Happening[],
  now: Date,
): Promise<Happening[]> {
  return Promise.all(
    happenings.map(async (one) => {
      if (!one.particulars.changes || now.getTime() - Date.parse(one.at) < late) return one;
      const item = await table.get(recordKey(one.brokerage_id, { name: one.entity }, one.id));
      return item?.erased_at ? { ...one, particulars: {} } : one;
    }),
  );
}

async function append(
  table: TableReader & TableWriter<PutWrite>,
  brokerageId: string,
  happenings: readonly Happening[],
  invoked: Pick<Invocation, "now" | "written">,
): Promise<void> {
  let left = happenings;
  for (let attempt = 1; left.length > 0; attempt++) {
    const head = await readHead(table, brokerageId);
    try {
      return await table.commit(writesOf(brokerageId, head, left, invoked));
    } catch (error) {
      const isLate = error instanceof ConditionFailed || error instanceof CommitConflict;
      if (!isLate || attempt === tries) throw error;
      // A mark that exists: that change is in the log.
      if (error instanceof ConditionFailed) left = left.filter((_, at) => !error.failed.has(at));
      if (left.length > 0) await sleep(Math.random() * 20 * attempt);
    }
  }
}

/** The marks first, at the places of their changes; then the entries, the head, and the day that begins. */
function writesOf(
  brokerageId: string,
  before: Head,
  happenings: readonly Happening[],
  { now, written }: Pick<Invocation, "now" | "written">,
): PutWrite[] {
  let head = before;
  const entries = happenings.map((happening) => {
    const entry = entryAfter(head, happening, now, randomBytes(16).toString("base64url"));
    head = entry;
    return entry;
  });
  const marks = happenings.map((happening, at) =>
    create(withSchemaVersion("logMark", { ...markKey(happening), sequence: entries[at]!.sequence, written })),
  );
  const begun = dayOf(head.logged_at) === dayOf(before.logged_at) ? [] : [entries[0]!];
  return [
    ...marks,
    ...entries.map((entry) => create(entryItem(brokerageId, entry))),
    ...begun.map(({ sequence, logged_at }) => create(dayItem(brokerageId, logged_at, sequence, written))),
    moveHead(brokerageId, before, head, written),
  ];
}

const entryItem = (brokerageId: string, entry: LogEntry) =>
  withSchemaVersion("logEntry", {
    ...entryKey(brokerageId, entry.sequence),
    brokerage_id: brokerageId,
    ...entry,
  });

const dayItem = (brokerageId: string, moment: string, first: number, written: Invocation["written"]) =>
  withSchemaVersion("logDay", { ...dayKey(brokerageId, dayOf(moment)), first, written });

function moveHead(
  brokerageId: string,
  before: Head,
  { sequence, hash, logged_at }: Head,
  written: Invocation["written"],
): PutWrite {
  const Item = withSchemaVersion("logHead", {
    ...headKey(brokerageId),
    ...{ sequence, hash, logged_at, written },
  });
  if (before.sequence === 0) return create(Item);
  return {
    Put: {
      Item,
      ConditionExpression: "#sequence = :before AND #hash = :hash",
      ExpressionAttributeNames: { "#sequence": "sequence", "#hash": "hash" },
      ExpressionAttributeValues: { ":before": before.sequence, ":hash": before.hash },
    },
  };
}

/** An entry as stored: an item with `by` null where nobody is known. */
export const entryIn = (item: Item): LogEntry => item as unknown as LogEntry;
