import * as z from "zod/mini";
import { askerOf } from "../../shared/data/asker.ts";
import { type ObjectReader, readObjects } from "../../shared/data/bucket.ts";
import { writeRows } from "../../shared/data/import-rows.ts";
import { undoRows } from "../../shared/data/import-undo.ts";
import { importableOf } from "../../shared/data/importables.ts";
import type { Step } from "../../shared/data/jobs.ts";
import { type QueueSender, sendTo } from "../../shared/data/queue.ts";
import { type TableQuerier, type TableWriter, tableFor } from "../../shared/data/table.ts";
import { scopeOf } from "../../shared/domain/access.ts";
import { bytesAhead, type Chunk, readChunk } from "../../shared/domain/import/chunk.ts";
import type { ResourceFile } from "../../shared/domain/import/file.ts";
import { afterChunk, afterSurvey, imported, undone } from "../../shared/domain/import/progress.ts";
import { saysAll } from "../../shared/domain/import/reading.ts";
import { readRows } from "../../shared/domain/import/rows.ts";
import { fileStart } from "../../shared/domain/import/written.ts";
import { importRecord, type StoredImport } from "../../shared/domain/import.ts";
import type { Invocation } from "../../shared/domain/invocation.ts";
import { uploadKey } from "../../shared/domain/upload.ts";
import { arrivals } from "../../shared/entry/arrival.ts";
import { jobMessage, jobWorker } from "../../shared/entry/job-worker.ts";

const chunkMessage = z.extend(jobMessage, { offset: z.optional(z.int()) });
type Delivery = z.output<typeof chunkMessage>;

type File = ResourceFile<object, object>;

interface Job extends Invocation {
  readonly table: TableQuerier & TableWriter;
  readonly files: ObjectReader;
  readonly queue: QueueSender;
}

/**
 * Processes one chunk of an import, or of its undo, and sends the message for the next. Any number of deliveries and
 * crashes count each row once: rows are written so that doing them again is nothing, and counters and position move
 * together.
 */
export const runImport = jobWorker(importRecord, {
  id: "runImport",
  queue: "imports",
  summary: "Process a chunk of an import or of its undo",
  impact: "Imports and their undos make no progress or end as failed.",
  memory: 1024,
  access: {
    table: tableFor("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem"),
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
  async work({ record, message, ...job }): Promise<Step<typeof importRecord>> {
    const { brokerage_id, id, position } = record;
    // The chunk was already done by an earlier delivery, which may have crashed before it queued the next.
    const isDone = (message.offset ?? 0) !== position.offset;
    const changes = isDone ? {} : await nextPart(job, record);
    const { status, position: next } = { ...record, ...changes };
    const goesOn = status === "processing" || status === "undoing";
    return {
      changes,
      ...(goesOn ? { after: () => job.queue.send({ brokerage_id, id, offset: next.offset }) } : {}),
    };
  },
});

/** Whether who asked for the import still may: their rights can end before the file comes, and while it is read. */
async function mayGoOn({ table, now }: Job, record: StoredImport): Promise<boolean> {
  const asker = await askerOf(table, record, now);
  if (!asker || !scopeOf(asker, "import:write")) return false;
  return record.dry_run || scopeOf(asker, `${record.resource}:write`) === "brokerage";
}

type Stopped = Partial<StoredImport> & { readonly status: "failed" };
const stopped = (reason: string, now: Date): Stopped => ({
  status: "failed",
  reason,
  completed_at: now.toISOString(),
});

/** How many rows a chunk of the first pass has; they are read for their format only. */
const surveyedRows = 20_000;

/** Does what is next of an import or its undo; answers what that changes of the record. */
async function nextPart(job: Job, record: StoredImport): Promise<Partial<StoredImport>> {
  if (record.status !== "undoing" && !(await mayGoOn(job, record)))
    return stopped("Whoever asked for the import may not import any more", job.now);
  const importable = await importableOf(record.resource);
  const file = await importable.file(job.table, record);
  if (record.reading) return doRows(job, record, file);
  if (record.status === "undoing")
    return { status: "undone", progress: 100, completed_at: job.now.toISOString() };
  const chunk = saysAll(record.options) ? noRows : await read(job, record, file, surveyedRows);
  if ("status" in chunk) return chunk;
  const known = afterSurvey(record, chunk, file.fields, job.now);
  // The delivery that ends the first pass goes on with the first rows.
  return known.reading ? { ...known, ...(await doRows(job, { ...record, ...known }, file)) } : known;
}

/** The first pass of an import whose options say all. */
const noRows = {
  rows: [],
  next: fileStart,
  ignored: new Set<string>(),
  ended: true,
  fault: undefined,
};

/** Writes the next chunk's rows, or undoes them. */
async function doRows(job: Job, record: StoredImport, file: File): Promise<Partial<StoredImport>> {
  const { table, now } = job;
  const importable = await importableOf(record.resource);
  const chunk = await read(job, record, file);
  if ("status" in chunk) return chunk;
  const { rows, ...unwritten } = readRows(file, chunk.rows, record);
  const counted =
    record.status === "undoing"
      ? undone(record, await undoRows(table, record, importable, rows, now))
      : imported(record, chunk, unwritten, await writeRows(table, record, importable, rows, now));
  return { ...counted, ...afterChunk(record, chunk, now) };
}

/** The chunk at the record's position, or the failure when the file is missing or incomplete. */
async function read(
  { files, now }: Job,
  record: StoredImport,
  { fields, lacking }: File,
  most?: number,
): Promise<Chunk | Stopped> {
  const { position, size_bytes, defaults, format, mapping, header, delimiter } = record;
  const end = Math.min(position.offset + bytesAhead, size_bytes);
  const stored = await files.stream(uploadKey(record), position.offset, end - position.offset);
  if (!stored) return stopped("The uploaded file is no longer stored", now);
  if (stored.size_bytes !== size_bytes) {
    stored.body.destroy();
    return stopped(`The file has ${stored.size_bytes} bytes, but size_bytes was ${size_bytes}`, now);
  }
  return readChunk(stored.body, position, {
    format,
    names: fields,
    cutAt: end < size_bytes ? end : undefined,
    mapping: new Map(mapping),
    header,
    delimiter,
    ...(most ? { most } : {}),
    accepts: (columns) => lacking(columns, defaults),
  });
}
