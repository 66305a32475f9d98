import type { AnyRecordType, Job, Lease, Meta, RecordOf } from "../domain/record-type.ts";
import { taskRecord } from "../domain/task.ts";
import { fromItem, isAlive, recordKey } from "./record-item.ts";
import { changeRecord, loadRecord, type Stamp } from "./records.ts";
import { ConditionFailed, type TableWriter, type Write } from "./table.ts";

/** A record that stands for a job. */
type Worked = Meta & { readonly status: string; readonly lease?: Lease | null };

/** What a worker made of a record, and what it writes and does with that. */
export interface Step<T extends AnyRecordType> {
  readonly changes: Partial<RecordOf<T>>;
  /** Written in the same transaction. */
  readonly also?: readonly Write[];
  /** Done once it is written; not where another worker was first. */
  after?(): Promise<void>;
}

/** Another worker holds the record's lease for so many seconds. */
export class Leased extends Error {
  override name = "Leased";
  readonly seconds: number;
  constructor(seconds: number) {
    super(`Another worker has it for ${seconds} s`);
    this.seconds = seconds;
  }
}

const tries = 10;

/**
 * Claims a record's job for so many seconds: nobody else works on it until then. Undefined when it is gone or has no
 * work to do. Throws `Leased` while another worker has it.
 */
export async function claimJob<T extends AnyRecordType>(
  table: TableWriter,
  type: T,
  brokerageId: string,
  id: string,
  seconds: number,
  stamp: Stamp,
): Promise<RecordOf<T> | undefined> {
  for (let attempt = 1; ; attempt++) {
    const record = await read(table, type, brokerageId, id);
    if (!record || !hasWork(type, record)) return undefined;
    const { lease } = record as object as Worked;
    const left = lease ? Date.parse(lease.until) - stamp.now.getTime() : 0;
    if (left > 0) throw new Leased(Math.ceil(left / 1000));
    const until = new Date(stamp.now.getTime() + seconds * 1000).toISOString();
    const claim = { lease: { by: stamp.written.operation_id, until } };
    const changes = { ...jobOf(type).claimed(record, stamp.now), ...claim };
    const claimed = changed(type, record, changes, stamp);
    try {
      await table.commit(claimed.writes);
      return claimed.record;
    } catch (error) {
      if (!(error instanceof ConditionFailed) || attempt === tries) throw error;
    }
  }
}

/**
 * Writes what a worker made of its claimed record, with the task that shows it, in one transaction; what others changed
 * of the record meanwhile stays. False when the lease is no longer its own, or when a record without a lease has changed:
 * another worker went on.
 */
export async function finishJob<T extends AnyRecordType>(
  table: TableWriter,
  type: T,
  claimed: RecordOf<T>,
  { changes, also = [], after }: Step<T>,
  stamp: Stamp,
): Promise<boolean> {
  let record = claimed;
  for (let attempt = 1; ; attempt++) {
    const next = changed(type, record, { ...changes, lease: null }, stamp);
    try {
      await table.commit([...next.writes, ...also, ...(await taskWrites(table, type, next.record, stamp))]);
      break;
    } catch (error) {
      if (!(error instanceof ConditionFailed) || attempt === tries) throw error;
    }
    const now = await read(table, type, claimed.brokerage_id, claimed.id);
    if (!now || !isSameLease(now, claimed)) return false;
    record = now;
  }
  await after?.();
  return true;
}

/** Ends a record's job without a result; false when it has moved on since it was read. */
export async function failJob<T extends AnyRecordType>(
  table: TableWriter,
  type: T,
  record: RecordOf<T>,
  cause: "expired" | "failed",
  stamp: Stamp,
): Promise<boolean> {
  return finishJob(table, type, record, { changes: jobOf(type).failed(record, cause, stamp.now) }, stamp);
}

/** Whether a record is in a state that somebody is to bring it out of. */
export const hasWork = (type: AnyRecordType, record: object): boolean =>
  jobOf(type).deadlines[(record as Worked).status] !== undefined;

function isSameLease(one: object, other: object): boolean {
  const by = (one as Worked).lease?.by;
  return by !== undefined && by === (other as Worked).lease?.by;
}

async function read<T extends AnyRecordType>(table: TableWriter, type: T, brokerageId: string, id: string) {
  const item = await table.get(recordKey(brokerageId, type, id));
  return isAlive(item) ? fromItem(type, item) : undefined;
}

/** Moves the task that shows a job, where it still exists; leaves the fields that its owner edits. */
async function taskWrites<T extends AnyRecordType>(
  table: TableWriter,
  type: T,
  record: RecordOf<T>,
  stamp: Stamp,
): Promise<readonly Write[]> {
  const shown = jobOf(type).task?.(record);
  const task = shown && (await loadRecord(table, taskRecord, record.brokerage_id, shown.id));
  if (!task) return [];
  const { status, progress } = shown;
  return changeRecord(taskRecord, task, { status, progress }, stamp).writes;
}

function changed<T extends AnyRecordType>(type: T, record: RecordOf<T>, changes: object, stamp: Stamp) {
  return changeRecord<T, object>(type, record, changes, stamp);
}

function jobOf<T extends AnyRecordType>(type: T): Job<RecordOf<T>> {
  if (!type.job) throw new Error(`A ${type.name} stands for no job`);
  return type.job;
}
