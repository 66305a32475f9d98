import type * as z from "zod/mini";
import { AuditEvent, type AuditQuery } from "../domain/audit.ts";
import { Client, clientRecord, idsOf, type StoredClient } from "../domain/client.ts";
import type { ExportResource } from "../domain/export.ts";
import { Interaction, interactionRecord } from "../domain/interaction.ts";
import { Property, readBy } from "../domain/property.ts";
import { propertyRecord, type StoredProperty } from "../domain/property-record.ts";
import { Task, taskRecord } from "../domain/task.ts";
import { clientPage } from "./client-list.ts";
import { readableClient } from "./clients.ts";
import { loadCustomFields } from "./custom-fields.ts";
import {
  aCursorKey,
  atOnce,
  keysAtOnce,
  type ListPage,
  type Part,
  type Reading,
  recordsOf,
} from "./export-list.ts";
import { listRecords } from "./list.ts";
import { auditEventPage } from "./log-audit.ts";
import { propertyPage } from "./property-list.ts";
import type { TableQuerier } from "./table.ts";
import { taskPage } from "./tasks.ts";

interface Source {
  /** What is answered of a row: a file has no other fields. */
  readonly schema: z.ZodMiniType;
  /** What the maps in a row hold, by the map's field: a CSV has a column for each. */
  names?(table: TableQuerier, reading: Reading): Promise<Readonly<Record<string, readonly string[]>>>;
  parts(table: TableQuerier, reading: Reading): AsyncGenerator<Part>;
}

const clientsOf = (table: TableQuerier, reading: Reading) =>
  recordsOf(table, clientRecord, clientPage as ListPage, reading);

/** What each resource's list reads, to its end. */
export const exportSources: Readonly<Record<ExportResource, Source>> = {
  property: {
    schema: Property,
    async *parts(table, reading) {
      for await (const { rows, done } of recordsOf(table, propertyRecord, propertyPage as ListPage, reading))
        yield { rows: rows.map((row) => readBy(reading.caller, row as StoredProperty)), done };
    },
  },
  client: {
    schema: Client,
    async names(table, { job }) {
      const { fields } = await loadCustomFields(table, job.brokerage_id);
      return { custom: fields.map(({ name }) => name) };
    },
    parts: clientsOf,
  },
  interaction: { schema: Interaction, parts: interactionsOf },
  task: {
    schema: Task,
    parts: (table, reading) => recordsOf(table, taskRecord, taskPage as ListPage, reading),
  },
  audit_event: { schema: AuditEvent, parts: auditEvents },
};

/** Clients whose interactions are read at the same time: a page of the longest is some megabyte. */
const clientsAtOnce = 10;

/** What was said with the clients that the caller may read, or with one of them: client by client, the latest first. */
async function* interactionsOf(table: TableQuerier, reading: Reading): AsyncGenerator<Part> {
  const { caller, now } = reading;
  const cursorKey = aCursorKey();
  const page = (client: StoredClient, cursor?: string) => {
    const query = { limit: keysAtOnce, cursor };
    const of = { type: interactionRecord, ofClient: idsOf(client) };
    return listRecords(table, { ...of, caller, now, query, cursorKey });
  };
  let before = 0;
  for await (const { rows: clients, done } of interactedWith(table, reading)) {
    for (let at = 0; at < clients.length; at += clientsAtOnce) {
      const some = clients.slice(at, at + clientsAtOnce);
      const soFar = before + ((done - before) * at) / clients.length;
      for (const [one, first] of (await Promise.all(some.map((client) => page(client)))).entries())
        for (let { items, next_cursor } = first; ; ) {
          yield { rows: items, done: soFar };
          if (next_cursor === null) break;
          ({ items, next_cursor } = await page(some[one]!, next_cursor));
        }
    }
    before = done;
    yield { rows: [], done };
  }
}

/** The clients whose interactions are asked for. */
async function* interactedWith(
  table: TableQuerier,
  { job, ...by }: Reading,
): AsyncGenerator<Part<StoredClient>> {
  const { client_id } = job.filters;
  if (client_id === undefined) yield* clientsOf(table, { ...by, job: { ...job, filters: {} } });
  else yield { rows: [await readableClient(table, by.caller, String(client_id), by.now)], done: 1 };
}

/** The log as its list shows it, newest first: sequences count down, so they tell how much is done. */
async function* auditEvents(table: TableQuerier, { job, caller }: Reading): AsyncGenerator<Part> {
  const filters = job.filters as Omit<AuditQuery, "limit">;
  // A user's and a record's entries are read by their keys.
  const isNamed = filters.user_id !== undefined || filters.id !== undefined;
  const cursorKey = aCursorKey();
  let newest = 0;
  let done = 0;
  for (let query: AuditQuery = { ...filters, limit: isNamed ? keysAtOnce : atOnce }; ; ) {
    const { items, next_cursor } = await auditEventPage(table, { query, caller, cursorKey });
    newest ||= items[0]?.sequence ?? 0;
    const last = items.at(-1)?.sequence;
    if (last !== undefined) done = Math.max(done, 1 - last / newest);
    yield { rows: items, done };
    if (next_cursor === null) return;
    query = { ...query, cursor: next_cursor };
  }
}
