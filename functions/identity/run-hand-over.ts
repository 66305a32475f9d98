import * as z from "zod/mini";
import { findRecords, handOverBatch, putBatch, returnBatch } from "../../shared/data/hand-overs.ts";
import type { Step } from "../../shared/data/jobs.ts";
import { mayOwn } from "../../shared/data/owners.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { loadRecord } from "../../shared/data/records.ts";
import { type TableQuerier, type TableWriter, tableFor } from "../../shared/data/table.ts";
import {
  afterBatch,
  afterReturn,
  afterSearch,
  handOverRecord,
  type StoredHandOver,
} from "../../shared/domain/hand-over.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { jobMessage, jobWorker } from "../../shared/entry/job-worker.ts";

const stepMessage = z.extend(jobMessage, { step: z.optional(z.int()) });

/** Seconds until the list of an owner shows what was written before. */
const settling = 3;

/**
 * Does one step of a hand-over, or of its undo, and sends the message for the next: finds records and keeps their names
 * as a batch, or hands the next batch over. Counters and position are written together, and each record is marked with
 * its batch, so deliveries that come again and crashes count each record once.
 */
export const runHandOver = jobWorker(handOverRecord, {
  id: "runHandOver",
  queue: "handovers",
  summary: "Hand over the next records of a user who leaves, or give them back",
  impact: "Hand-overs of leaving agents' records and their undos make no progress or end as failed.",
  access: {
    table: tableFor("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem"),
    queue: sendTo("handovers"),
  },
  message: z.pipe(
    stepMessage,
    z.transform((one): z.output<typeof stepMessage>[] => [one]),
  ),
  async work({ record, message, table, queue, now }): Promise<Step<typeof handOverRecord>> {
    const { brokerage_id, id, step } = record;
    // The step was already done by an earlier delivery, which may have crashed before it queued the next.
    const isDone = (message.step ?? 0) !== step;
    const { changes, ...more }: Step<typeof handOverRecord> = isDone
      ? { changes: {} }
      : await nextStep(table, record, now);
    const next = { ...record, ...changes, step: isDone ? step : step + 1 };
    const goesOn = next.status === "processing" || next.status === "undoing";
    const delay = next.pass > record.pass ? settling : 0;
    return {
      ...more,
      changes: { ...changes, step: next.step },
      ...(goesOn ? { after: () => queue.send({ brokerage_id, id, step: next.step }, delay) } : {}),
    };
  },
});

async function nextStep(
  table: TableQuerier & TableWriter,
  job: StoredHandOver,
  now: Date,
): Promise<Step<typeof handOverRecord>> {
  const user = (id: string) => loadRecord(table, userRecord, job.brokerage_id, id);
  if (job.status === "undoing") {
    const former = await user(job.from_user_id);
    const { returned, left } = await returnBatch(table, job, former!, now);
    return { changes: afterReturn(job, returned, left, now) };
  }
  if (job.search) {
    const { found, search } = await findRecords(table, job, job.search);
    return {
      changes: afterSearch(job, found.length, search, now),
      also: found.length > 0 ? [putBatch(job, job.batches, found)] : [],
    };
  }
  const heir = await user(job.to_user_id);
  if (!mayOwn(heir))
    return {
      changes: {
        status: "failed",
        reason: "The new owner is no longer an active agent, employee or admin",
        completed_at: now.toISOString(),
      },
    };
  const { records, ...counts } = await handOverBatch(table, job, heir, now);
  return { changes: afterBatch(job, counts, now), also: [putBatch(job, job.batch, records)] };
}
