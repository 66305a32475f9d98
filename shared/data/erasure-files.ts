import type * as z from "zod/mini";
import { clientRecord } from "../domain/client.ts";
import type { StoredErasure } from "../domain/erasure.ts";
import { type ExportSummary, exportRecord } from "../domain/export.ts";
import { type ImportMark, type ImportSummary, importRecord } from "../domain/import.ts";
import { mentioning } from "../domain/mentions.ts";
import { uploadKey } from "../domain/upload.ts";
import type { ObjectDeleter, ObjectReader } from "./bucket.ts";
import { clientsOf, eraseBatch, type Named, readBatch } from "./erasure-records.ts";
import type { Part } from "./erasure-traces.ts";
import { exportKey } from "./export-file.ts";
import { entriesFrom, partitionItems } from "./list.ts";
import { listedIn, recordKey } from "./record-item.ts";
import { changeInTurn, changeRecord, type Stamp } from "./records.ts";
import type { Item, TableQuerier, TableWriter } from "./table.ts";

/** Seconds until a job that may still write what is erased is looked at again. */
const patience = 15;
/** Entries of a list that a step goes through. */
const entriesAtOnce = 50;

/**
 * Finds the files of exports that may name the clients: of clients, tasks and the log, made before now. `filters` erases
 * the filters that name them, and answers of how many batches it left the names.
 */
export async function exportsOf(
  table: TableQuerier & TableWriter,
  files: ObjectDeleter,
  job: StoredErasure,
  stamp: Stamp,
): Promise<Part & { readonly filters?: () => Promise<number> }> {
  const { brokerage_id, position } = job;
  const from = position?.from as Item | undefined;
  const list = { brokerage_id, kind: exportRecord.name };
  const { items, last } = await entriesFrom(table, "kind_at", list, from, entriesAtOnce);
  const mentions = mentioning(clientsOf(job));
  const named: Named[] = [];
  const todo: (() => Promise<unknown>)[] = [];
  for (const item of items) {
    const { id, resource, status, filters } = listedIn(exportRecord, item) as z.output<typeof ExportSummary>;
    if (resource !== "property" && (status === "queued" || status === "processing"))
      return { todo: [], next: from ? { from } : {}, wait: patience };
    if (resource !== "property" && status === "completed") todo.push(() => expire(id));
    if (mentions(JSON.stringify(filters))) named.push({ entity: exportRecord.name, id });
  }
  return { todo, next: last && { from: last }, filters };

  async function expire(id: string) {
    await files.delete(exportKey({ brokerage_id, id }));
    await changeInTurn(table, exportRecord, brokerage_id, id, (one) =>
      one.status === "completed"
        ? changeRecord(exportRecord, one, { status: "expired" }, stamp).writes
        : undefined,
    );
  }

  async function filters() {
    // Where this was done before, the filters name nobody any more: their names were kept.
    const records = (await readBatch(table, job, job.batches))?.records ?? named;
    if (records.length === 0) return 0;
    await eraseBatch(table, job, { records, next: undefined }, stamp);
    return 1;
  }
}

/** Bytes of a file that a step reads, and how many of them again: a name may stand where two pieces meet. */
const pieceBytes = 16_000_000;
const overlap = 1000;

/**
 * Finds the files of imports of clients that name the clients, or that wrote them: without it an import can be undone no
 * more. Each step reads a piece of a file.
 */
export async function importsOf(
  table: TableQuerier,
  files: ObjectReader,
  uploads: ObjectDeleter,
  job: StoredErasure,
): Promise<Part> {
  const { brokerage_id, position } = job;
  const from = position?.from as Item | undefined;
  const offset = Number(position?.offset ?? 0);
  const list = { brokerage_id, kind: importRecord.name };
  const { items, last } = await entriesFrom(table, "kind_at", list, from, 1);
  const next = last && { from: last };
  const [item] = items;
  if (!item) return { todo: [], next };
  const { id, resource, status } = listedIn(importRecord, item) as z.output<typeof ImportSummary>;
  if (String(resource) !== clientRecord.name) return { todo: [], next };
  if (status === "processing" || status === "undoing")
    return { todo: [], next: { ...position }, wait: patience };
  const key = uploadKey({ brokerage_id, id });
  const isTouched = offset === 0 && (await writersOf(table, job)).has(id);
  const piece = isTouched ? undefined : await files.stream(key, offset, pieceBytes);
  if (!isTouched && !piece) return { todo: [], next };
  const text = piece ? Buffer.concat((await piece.body.toArray()) as Buffer[]).toString("utf8") : "";
  if (isTouched || mentioning(clientsOf(job))(text)) return { todo: [() => uploads.delete(key)], next };
  const end = offset + pieceBytes;
  return end < piece!.size_bytes
    ? { todo: [], next: { ...position, offset: end - overlap } }
    : { todo: [], next };
}

/** The imports that wrote the clients. */
async function writersOf(table: TableQuerier, job: StoredErasure): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const client of clientsOf(job)) {
    const mark = (client as { readonly import?: ImportMark }).import;
    for (const id of [mark?.import_id, mark?.created_by]) if (id) found.add(id);
    const { pk } = recordKey(job.brokerage_id, clientRecord, client.id);
    for await (const { sk } of partitionItems(table, pk, { prefix: beforePrefix }))
      found.add(sk.slice(beforePrefix.length));
  }
  return found;
}

/** What the values begin with that imports keep of a client, followed by the import. */
const beforePrefix = "before#";
