import { randomBytes } from "node:crypto";
import type * as z from "zod/mini";
import { type Caller, decide } from "../domain/access.ts";
import { AuditEvent, type AuditQuery } from "../domain/audit.ts";
import { Client, clientRecord } from "../domain/client.ts";
import { type ExportResource, type StoredExport, toReadOf } from "../domain/export.ts";
import { Property } from "../domain/property.ts";
import { propertyRecord } from "../domain/property-record.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { Task, taskRecord } from "../domain/task.ts";
import { clientPage } from "./client-list.ts";
import type { Page } from "./list.ts";
import { auditEventPage } from "./log-audit.ts";
import { propertyPage } from "./property-list.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { Spool } from "./spool.ts";
import type { TableQuerier } from "./table.ts";
import { taskPage } from "./tasks.ts";

/** The next rows of an export, and how much of all is done after them, from 0 to 1. */
export interface Part {
  readonly rows: readonly object[];
  readonly done: number;
}

/** An export that is made, as whoever asked for it may read now. */
export interface Reading {
  readonly job: StoredExport;
  readonly caller: Caller;
  readonly now: Date;
}

interface Source {
  /** What is answered of a row: a file has no other fields. */
  readonly schema: z.ZodMiniType;
  parts(table: TableQuerier, reading: Reading): AsyncGenerator<Part>;
}

/** What each resource's list reads, to its end. */
export const exportSources: Readonly<Record<ExportResource, Source>> = {
  property: {
    schema: Property,
    parts: (table, reading) => recordsOf(table, propertyRecord, propertyPage as ListPage, reading),
  },
  client: {
    schema: Client,
    parts: (table, reading) => recordsOf(table, clientRecord, clientPage as ListPage, reading),
  },
  task: {
    schema: Task,
    parts: (table, reading) => recordsOf(table, taskRecord, taskPage as ListPage, reading),
  },
  audit_event: { schema: AuditEvent, parts: auditEvents },
};

/** Records on a page of a list that is read to its end, and in a part. */
const atOnce = 500;
/** Keys that one request reads. */
const keysAtOnce = 100;
/** Characters of an id. */
const idLength = 36;

/** A page of a list, by its own query. */
type ListPage = (
  table: TableQuerier,
  asked: {
    readonly query: object & { readonly limit: number };
    readonly caller: Caller;
    readonly now: Date;
    readonly cursorKey: string;
  },
) => Promise<Page<{ readonly id: string }>>;

/**
 * The records that a list shows the caller, whole. First the list is read to its end, of which the ids are kept on disk:
 * so it is one list whatever changes meanwhile, and how much is done is known. Then the records are read by their ids,
 * strongly consistent, and those left out that were deleted since or may not be read any more.
 */
async function* recordsOf(
  table: TableQuerier,
  type: AnyRecordType,
  page: ListPage,
  { job, caller, now }: Reading,
): AsyncGenerator<Part> {
  await using ids = await Spool.open();
  const paging = pagingOf(job);
  do {
    const { items, next_cursor } = await page(table, { ...paging, caller, now });
    for (const { id } of items) await ids.write(id);
    paging.query.cursor = next_cursor ?? undefined;
    yield { rows: [], done: 0 };
  } while (paging.query.cursor);
  await ids.flush();
  const end = ids.bytes;
  const step = atOnce * idLength;
  for (let at = 0; at < end; at += step) {
    const names = (await ids.read(at, step)).toString("latin1").match(/.{36}/g) ?? [];
    const keys = names.map((id) => recordKey(job.brokerage_id, type, id));
    const pages = Array.from({ length: Math.ceil(keys.length / keysAtOnce) }, (_, page) =>
      table.getMany(keys.slice(page * keysAtOnce, (page + 1) * keysAtOnce)),
    );
    const rows = (await Promise.all(pages)).flat().flatMap((item) => {
      const record = aliveIn(type, item);
      return record && decide(caller, toReadOf(job.resource), record, now).allowed ? [record] : [];
    });
    yield { rows, done: Math.min(1, (at + step) / end) };
  }
}

/** By creation, in which nothing moves while it is read; what is found by place or by words has an order of its own. */
function pagingOf({ filters }: StoredExport) {
  const isSearch = filters.near !== undefined || filters.q !== undefined;
  return {
    query: {
      ...filters,
      ...(isSearch ? {} : { sort: "-created_at" as const }),
      limit: atOnce,
      cursor: undefined as string | undefined,
    },
    // Cursors live as long as this run.
    cursorKey: randomBytes(32).toString("base64url"),
  };
}

/** The log as its list shows it, newest first: sequences count down, so they tell how much is done. */
async function* auditEvents(table: TableQuerier, { job, caller }: Reading): AsyncGenerator<Part> {
  const { query, cursorKey } = pagingOf(job);
  const { sort: _, ...asked } = query as AuditQuery & { readonly sort?: string };
  // A user's and a record's entries are read by their keys.
  const limit = asked.user_id === undefined && asked.id === undefined ? atOnce : keysAtOnce;
  let cursor: string | undefined;
  let newest = 0;
  let done = 0;
  do {
    const page = await auditEventPage(table, { query: { ...asked, limit, cursor }, caller, cursorKey });
    newest ||= page.items[0]?.sequence ?? 0;
    const last = page.items.at(-1)?.sequence;
    if (last !== undefined) done = Math.max(done, 1 - last / newest);
    yield { rows: page.items, done };
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
}
