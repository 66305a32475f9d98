import * as z from "zod/mini";
import { type ObjectReader, readObjects } from "../../shared/data/bucket.ts";
import { writeRows } from "../../shared/data/import-rows.ts";
import { undoRows } from "../../shared/data/import-undo.ts";
import { fileKey, type Import, importItem, readImport } from "../../shared/data/imports.ts";
import { type QueueSender, sendTo } from "../../shared/data/queue.ts";
import { nextVersion, replace, tryCommit } from "../../shared/data/records.ts";
import { type TableWriter, tableFor } from "../../shared/data/table.ts";
import { moveTask } from "../../shared/data/tasks.ts";
import { bytesAhead, type Chunk, readChunk } from "../../shared/domain/import/chunk.ts";
import { lacking } from "../../shared/domain/import/columns.ts";
import { grouped } from "../../shared/domain/import/groups.ts";
import { afterChunk, afterSurvey, imported, saysAll, undone } from "../../shared/domain/import/progress.ts";
import { fileStart } from "../../shared/domain/import/written.ts";
import type { Invocation } from "../../shared/domain/invocation.ts";
import { id } from "../../shared/domain/schemas.ts";
import { arrivals } from "../../shared/entry/arrival.ts";
import { queueWorker } from "../../shared/entry/definition.ts";

const chunkMessage = z.object({ brokerage_id: id, id, offset: z.int() });
type Delivery = Pick<Import, "brokerage_id" | "id"> & { readonly offset?: number };

interface Job extends Invocation {
  readonly table: TableWriter;
  readonly files: ObjectReader;
  readonly queue: QueueSender;
  readonly lastTry: boolean;
}

/**
 * Works off one chunk of an import, or of its undo, and sends the message for the next. Any number of deliveries and
 * crashes count each row once: rows are written so that doing them again is nothing, counters and position move
 * together, and only from the position that was read.
 */
export const runImport = queueWorker({
  id: "runImport",
  queue: "imports",
  summary: "Work off a chunk of an import or of its undo",
  impact: "Imports and their undos stand still or end as failed.",
  memory: 1024,
  access: {
    table: tableFor("GetItem", "BatchGetItem", "PutItem", "UpdateItem"),
    files: readObjects("uploads/imports"),
    queue: sendTo("imports"),
  },
  message: z.union([
    z.pipe(
      chunkMessage,
      z.transform((one): Delivery[] => [one]),
    ),
    z.pipe(
      arrivals("uploads/imports"),
      z.transform((all): Delivery[] => all),
    ),
  ]),
  async run({ message, ...job }) {
    for (const delivery of message) await work(job, delivery);
  },
});

async function work(job: Job, { brokerage_id, id, offset }: Delivery): Promise<void> {
  const { table, queue, now, written, lastTry } = job;
  const record = await readImport(table, brokerage_id, id);
  if (!record || !["awaiting_upload", "processing", "undoing"].includes(record.status)) return;
  // Its chunk is done, by a delivery that perhaps died before it sent for the next.
  if (record.status !== "awaiting_upload" && offset !== record.position.offset)
    return queue.send({ brokerage_id, id, offset: record.position.offset });
  try {
    const next = nextVersion(record, await step(job, record), now, written);
    const goesOn = next.status === "processing" || next.status === "undoing";
    if ((await moved(table, next)) && goesOn)
      await queue.send({ brokerage_id, id, offset: next.position.offset });
  } catch (error) {
    if (lastTry)
      await moved(table, nextVersion(record, stopped("The file could not be worked off", now), now, written));
    throw error;
  }
}

const stopped = (reason: string, now: Date): Partial<Import> & { readonly status: "failed" } => ({
  status: "failed",
  reason,
  completed_at: now.toISOString(),
});

/** How many rows of a chunk are looked at in the first pass, which keeps none of them. */
const surveyedRows = 20_000;

/** Does what is next of an import or its undo; answers what that changes of the record. */
async function step(job: Job, record: Import): Promise<Partial<Import>> {
  if (record.reading !== null) return doRows(job, record);
  if (record.status === "undoing")
    return { status: "undone", progress: 100, completed_at: job.now.toISOString() };
  const chunk = saysAll(record.options) ? noRows : await read(job, record, surveyedRows);
  if ("status" in chunk) return chunk;
  const known = { ...afterSurvey(record, chunk, job.now), etag: chunk.etag };
  // The delivery that ends the first pass goes on with the first rows.
  return known.reading ? { ...known, ...(await doRows(job, { ...record, ...known })) } : known;
}

/** The first pass of an import whose options say all. */
const noRows = {
  rows: [],
  next: fileStart,
  ignored: new Set<string>(),
  ended: true,
  fault: undefined,
  etag: null,
};

/** Writes the next chunk's rows, or undoes them. */
async function doRows(job: Job, record: Import): Promise<Partial<Import>> {
  const { table, now } = job;
  const chunk = await read(job, record);
  if ("status" in chunk) return chunk;
  const { groups, ...unwritten } = grouped(chunk.rows, record);
  const counted =
    record.status === "undoing"
      ? undone(record, await undoRows(table, record, groups, now))
      : imported(record, chunk, unwritten, await writeRows(table, record, groups, now));
  return { ...counted, ...afterChunk(record, chunk, now), etag: chunk.etag };
}

/** The chunk at the record's position, or how the import stops because its file is not there or another. */
async function read(
  { files, now }: Job,
  record: Import,
  most?: number,
): Promise<(Chunk & { readonly etag: string }) | (Partial<Import> & { readonly status: "failed" })> {
  const { position, size_bytes, defaults, format, mapping, header, delimiter } = record;
  const end = Math.min(position.offset + bytesAhead, size_bytes);
  const file = await files.stream(fileKey(record), position.offset, end - position.offset);
  if (!file) return stopped("The file is no longer kept", now);
  const wrong = isOther(file, record);
  if (wrong) {
    file.body.destroy();
    return stopped(wrong, now);
  }
  const chunk = await readChunk(file.body, position, {
    format,
    cutAt: end < size_bytes ? end : undefined,
    mapping: new Map(mapping),
    header: header ?? undefined,
    delimiter: delimiter ?? undefined,
    ...(most ? { most } : {}),
    accepts: (columns) => lacking(columns, defaults.price !== undefined),
  });
  return { ...chunk, etag: file.etag };
}

function isOther(
  file: { size_bytes: number; etag: string },
  { size_bytes, etag }: Import,
): string | undefined {
  if (file.size_bytes !== size_bytes)
    return `The file has ${file.size_bytes} bytes where ${size_bytes} were announced`;
  return etag === null || etag === file.etag
    ? undefined
    : "Another file was uploaded in the place of the first";
}

/** Moves the record, and its task if that still stands; false when another delivery moved it first. */
async function moved(table: TableWriter, next: Import): Promise<boolean> {
  const { brokerage_id, task_id, status, progress, written } = next;
  const taskStatus =
    status === "failed"
      ? "failed"
      : status === "completed" || status === "undone"
        ? "completed"
        : "processing";
  const record = replace(importItem(next));
  const task = moveTask(
    brokerage_id,
    task_id,
    { status: taskStatus, progress },
    new Date(next.updated_at),
    written,
  );
  // Its task may be gone: that alone keeps no import from going on.
  return (await tryCommit(table, [record, task])) || tryCommit(table, [record]);
}
