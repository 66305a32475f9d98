import type { AnyRecordType, Job, Lease, Meta, RecordOf } from "../domain/record-type.ts";
import { taskRecord } from "../domain/task.ts";
import { changeInTurn, changeRecord, loadRecord, type Stamp, stillAsHanded, tryCommit } from "./records.ts";
import { showOn } from "./shown-on.ts";
import type { TableWriter, Write } from "./table.ts";

/** A record with a job. */
type Worked = Meta & { readonly status: string; readonly lease?: Lease | null };

/** The result of one step of a job: changes of the record, further writes, and what to do afterwards. */
export interface Step<T extends AnyRecordType> {
  readonly changes: Partial<RecordOf<T>>;
  /** Written in the same transaction. */
  readonly also?: readonly Write[];
  /** Runs after the write; not when another worker wrote first. */
  after?(): Promise<void>;
}

/** Thrown while another worker holds the record's lease; `seconds` until it ends. */
export class Leased extends Error {
  override name = "Leased";
  readonly seconds: number;
  constructor(seconds: number) {
    super(`Another worker has it for ${seconds} s`);
    this.seconds = seconds;
  }
}

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
  let claimed: RecordOf<T> | undefined;
  const isClaimed = await changeInTurn(table, type, brokerageId, id, (record) => {
    if (!hasWork(type, record)) return undefined;
    const { lease } = record as object as Worked;
    const left = lease ? Date.parse(lease.until) - stamp.now.getTime() : 0;
    if (left > 0) throw new Leased(Math.ceil(left / 1000));
    const until = new Date(stamp.now.getTime() + seconds * 1000).toISOString();
    const claim = { lease: { by: stamp.written.operation_id, until } };
    const next = changed(type, record, { ...jobOf(type).claimed(record, stamp.now), ...claim }, stamp);
    claimed = next.record;
    return next.writes;
  });
  return isClaimed ? claimed : undefined;
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
  const finished = async (record: RecordOf<T>) => {
    const next = changed(type, record, { ...changes, lease: null }, stamp);
    const shown = jobOf(type).shownOn?.(next.record);
    return [
      ...[...next.writes, ...also, ...(await taskWrites(table, type, next.record, stamp))],
      ...(shown ? [showOn(brokerage_id, shown, stamp)] : []),
    ];
  };
  const { brokerage_id, id } = claimed;
  const isFinished =
    (await tryCommit(table, await finished(claimed))) ||
    (await changeInTurn(table, type, brokerage_id, id, (record) =>
      isSameLease(record, claimed) ? finished(record) : undefined,
    ));
  if (isFinished) await after?.();
  return isFinished;
}

/** Thrown to a worker whose record is somebody else's by now, or needs no work any more: it stops. */
export class LeaseLost extends Error {
  override name = "LeaseLost";
}

/** Says in the middle of the work how far a claimed record's job is, on its task, too. Throws `LeaseLost`. */
export async function reportJob<T extends AnyRecordType>(
  table: TableWriter,
  type: T,
  claimed: RecordOf<T>,
  changes: Partial<RecordOf<T>>,
  stamp: Stamp,
): Promise<void> {
  const isOwn = await changeInTurn(table, type, claimed.brokerage_id, claimed.id, async (record) => {
    if (!isSameLease(record, claimed)) return undefined;
    const next = changed(type, record, changes, stamp);
    return [...next.writes, ...(await taskWrites(table, type, next.record, stamp))];
  });
  if (!isOwn) throw new LeaseLost();
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

/** Whether the job of a record has work to do in its current state. */
export const hasWork = (type: AnyRecordType, record: object): boolean =>
  jobOf(type).deadlines[(record as Worked).status] !== undefined;

function isSameLease(one: object, other: object): boolean {
  const by = (one as Worked).lease?.by;
  return by !== undefined && by === (other as Worked).lease?.by;
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
  return changeRecord<T, object>(type, record, { ...changes, ...stillAsHanded(record) } as object, stamp);
}

function jobOf<T extends AnyRecordType>(type: T): Job<RecordOf<T>> {
  if (!type.job) throw new Error(`A ${type.name} stands for no job`);
  return type.job;
}
