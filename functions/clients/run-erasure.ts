import * as z from "zod/mini";
import { deleteObjects, readObjects } from "../../shared/data/bucket.ts";
import { exportsOf, importsOf } from "../../shared/data/erasure-files.ts";
import { eraseBatch, findHanging, namedIn, readBatch } from "../../shared/data/erasure-records.ts";
import { answersOf, eraseRest, loggedOf, type Part } from "../../shared/data/erasure-traces.ts";
import type { DependenciesOf } from "../../shared/data/grant.ts";
import type { Step } from "../../shared/data/jobs.ts";
import { sendTo } from "../../shared/data/queue.ts";
import type { Stamp } from "../../shared/data/records.ts";
import { type TableReader, tableFor } from "../../shared/data/table.ts";
import { afterPhase, erasureRecord, type StoredErasure } from "../../shared/domain/erasure.ts";
import { interactionRecord } from "../../shared/domain/interaction.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { jobMessage, jobWorker } from "../../shared/entry/job-worker.ts";

const stepMessage = z.extend(jobMessage, { step: z.optional(z.int()) });

/** Seconds until lists show what was written before, and how often a step waits for the log: some minutes. */
const settling = 3;
const mostWaits = 200;

const access = {
  table: tableFor("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
  queue: sendTo("erasures"),
  files: readObjects("uploads/imports"),
  uploads: deleteObjects("uploads/imports"),
  exports: deleteObjects("exports"),
};
type Tools = DependenciesOf<typeof access>;

/**
 * Does one step of an erasure and sends the message for the next. What was found is named before it is erased, and every
 * step can be done again: deliveries that come again and crashes leave nothing behind.
 */
export const runErasure = jobWorker(erasureRecord, {
  id: "runErasure",
  queue: "erasures",
  summary: "Erase the next of what is known of a person",
  impact:
    "What was said with erased clients stays in the table, the log or files: their erasure does not end.",
  memory: 1024,
  access,
  message: z.pipe(
    stepMessage,
    z.transform((one): z.output<typeof stepMessage>[] => [one]),
  ),
  async work({ record: job, message, now, ...tools }): Promise<Step<typeof erasureRecord>> {
    const { brokerage_id, id, step } = job;
    // The step was already done by an earlier delivery, which may have crashed before it queued the next.
    const isDone = (message.step ?? 0) !== step;
    const stamp = { now, written: job.asked };
    const { delay, ...changes } = isDone
      ? { delay: 0 }
      : { step: step + 1, ...(await nextStep(tools, job, stamp)) };
    const next = { ...job, ...changes };
    return {
      changes,
      ...(next.status === "processing"
        ? { after: () => tools.queue.send({ brokerage_id, id, step: next.step }, delay) }
        : {}),
    };
  },
});

type Changes = Partial<StoredErasure> & { readonly delay: number };

async function nextStep(tools: Tools, job: StoredErasure, stamp: Stamp): Promise<Changes> {
  const { table, files, uploads, exports } = tools;
  /** Notes how much there is before the next step erases it: what that erased before it died is counted, too. */
  const counted = async (
    name: "answers" | "files" | "log_entries",
    finding: Promise<Part & { filters?: () => Promise<number> }>,
  ): Promise<Changes> => {
    const { todo, filters, ...part } = await finding;
    if (todo.length > 0 && job.found === undefined) return { found: todo.length, delay: 0 };
    for (const erase of todo) await erase();
    const count = Math.max(todo.length, job.found ?? 0);
    const batches = job.batches + ((await filters?.()) ?? 0);
    return { [name]: job[name] + count, found: undefined, batches, ...after(job, part, stamp) };
  };
  switch (job.phase) {
    case "search":
    case "again":
      return searched(tools, job, stamp);
    case "answers":
      return counted("answers", answersOf(table, job));
    case "exports":
      return counted("files", exportsOf(table, exports, job, stamp));
    case "imports":
      return counted("files", importsOf(table, files, uploads, job));
    case "rest":
      await eraseRest(table, job);
      return after(job, {}, stamp);
    default:
      return counted("log_entries", loggedOf(table, job));
  }
}

/** A step of a search: the next records are found, named and erased. The second search is repeated until it finds none. */
async function searched({ table }: Tools, job: StoredErasure, stamp: Stamp): Promise<Changes> {
  const batch = (await readBatch(table, job, job.batches)) ?? (await findHanging(table, job));
  if (batch.records.length === 0) return afterSearch(table, job, stamp);
  const erased = await eraseBatch(table, job, batch, stamp);
  const next = { ...job, batches: job.batches + 1, has_found: job.has_found || erased > 0 };
  const { batches, has_found } = next;
  return batch.next
    ? { batches, has_found, position: batch.next, delay: 0 }
    : { batches, ...(await afterSearch(table, next, stamp)) };
}

async function afterSearch(table: TableReader, job: StoredErasure, { now }: Stamp): Promise<Changes> {
  if (job.phase === "search") return { ...afterPhase(job, now), delay: settling };
  if (job.has_found) return { position: undefined, has_found: false, delay: settling };
  const found = new Map((await namedIn(table, job)).map((one) => [one.id, one.entity]));
  const count = (type: { readonly name: string }) =>
    [...found.values()].filter((entity) => entity === type.name).length;
  return {
    ...{ interactions: count(interactionRecord), tasks: count(taskRecord) },
    ...{ ...afterPhase(job, now), delay: 0 },
  };
}

/** After a part of a phase. Throws when it waits too long. */
function after(job: StoredErasure, { next, wait }: Omit<Part, "todo">, { now }: Stamp): Changes {
  if (wait !== undefined) {
    if (job.phase === "log" && job.waits >= mostWaits) throw new Error("The log does not say of an erasure");
    return { position: next, waits: job.waits + 1, delay: wait };
  }
  return next ? { position: next, waits: 0, delay: 0 } : { ...afterPhase(job, now), delay: 0 };
}
