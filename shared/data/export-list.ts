import { randomBytes } from "node:crypto";
import { type Caller, decide } from "../domain/access.ts";
import { type StoredExport, toReadOf } from "../domain/export.ts";
import type { AnyRecordType, RecordOf } from "../domain/record-type.ts";
import type { Page } from "./list.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { Spool } from "./spool.ts";
import type { TableQuerier } from "./table.ts";

/** The next rows of an export, and how much of all is done after them, from 0 to 1. */
export interface Part<Row extends object = object> {
  readonly rows: readonly Row[];
  readonly done: number;
}

/** An export that is made, as whoever asked for it may read now. */
export interface Reading {
  readonly job: StoredExport;
  readonly caller: Caller;
  readonly now: Date;
}

/** Records on a page of a list that is read to its end, and in a part. */
export const atOnce = 500;
/** Keys that one request reads; a search reads a page's records in one. */
export const keysAtOnce = 100;
/** Characters of an id. */
const idLength = 36;

/** A key of cursors that live as long as one run. */
export const aCursorKey = () => randomBytes(32).toString("base64url");

/** A page of a list, by its own query. */
export type ListPage = (
  table: TableQuerier,
  asked: Pick<Reading, "caller" | "now"> & {
    readonly query: StoredExport["filters"] & {
      readonly limit: number;
      readonly cursor?: string | undefined;
    };
    readonly cursorKey: string;
  },
) => Promise<Page<{ readonly id: string }>>;

/**
 * The records that a list shows the caller, whole. First the list is read to its end, of which the ids are kept on disk:
 * so it is one list whatever changes meanwhile, and how much is done is known. Then the records are read by their ids,
 * strongly consistent, and those left out that were deleted since or may not be read any more.
 */
export async function* recordsOf<T extends AnyRecordType>(
  table: TableQuerier,
  type: T,
  page: ListPage,
  reading: Reading,
): AsyncGenerator<Part<RecordOf<T>>> {
  await using ids = await Spool.open();
  const paging = { ...reading, cursorKey: aCursorKey() };
  for (let query = queryOf(reading.job); ; ) {
    const { items, next_cursor } = await page(table, { ...paging, query });
    for (const { id } of items) await ids.write(id);
    if (next_cursor === null) break;
    query = { ...query, cursor: next_cursor };
    yield { rows: [], done: 0 };
  }
  await ids.flush();
  for (let at = 0; at < ids.bytes; at += atOnce * idLength) {
    const names = (await ids.read(at, atOnce * idLength)).toString("latin1").match(/.{36}/g) ?? [];
    const rows = await readAll(table, type, names, reading);
    yield { rows, done: Math.min(1, (at + atOnce * idLength) / ids.bytes) };
  }
}

/**
 * A list in the order of creation, in which nothing moves while it is read; what is found by place or by words has an
 * order of its own.
 */
function queryOf({ filters }: StoredExport): Parameters<ListPage>[1]["query"] {
  if (filters.q !== undefined) return { ...filters, limit: keysAtOnce };
  if (filters.near !== undefined || filters.bounds !== undefined) return { ...filters, limit: atOnce };
  return { ...filters, sort: "-created_at", limit: atOnce };
}

/** Records by their ids, as far as the caller may read them. */
async function readAll<T extends AnyRecordType>(
  table: TableQuerier,
  type: T,
  ids: readonly string[],
  { job, caller, now }: Reading,
): Promise<RecordOf<T>[]> {
  const keys = ids.map((id) => recordKey(job.brokerage_id, type, id));
  const pages = Array.from({ length: Math.ceil(keys.length / keysAtOnce) }, (_, page) =>
    table.getMany(keys.slice(page * keysAtOnce, (page + 1) * keysAtOnce)),
  );
  return (await Promise.all(pages)).flat().flatMap((item) => {
    const record = aliveIn(type, item);
    if (!record || (type as AnyRecordType).isUnlisted?.(record)) return [];
    return decide(caller, toReadOf(job.resource), record, now).allowed ? [record] : [];
  });
}
