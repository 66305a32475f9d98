import * as z from "zod/mini";
import { listRecords } from "../shared/data/list.ts";
import { createRecord, deleteRecord, patchRecord, restoreRecord } from "../shared/data/records.ts";
import { queryTable, readTable, writeTable } from "../shared/data/table.ts";
import { recordType } from "../shared/domain/record-type.ts";
import { id, listQuery, page, recordFields, text, timestamp } from "../shared/domain/schemas.ts";
import { type Operation, operation } from "../shared/entry/definition.ts";
import { deletedAt, recordAt } from "../shared/entry/path-record.ts";

/** A plain type of record as one would add it, with nothing written of it in documents and tests. */
const writable = z.strictObject({
  title: text(200),
  notes: z.optional(z.nullable(text(2000))),
  starts_at: timestamp,
  minutes: z.optional(z.int().check(z.gte(15), z.lte(240), z.multipleOf(15))),
  property_id: z.optional(z.nullable(id)),
});
const Showing = z.object({
  ...recordFields,
  owner_user_id: id,
  ...writable.shape,
  notes: z.nullable(z.string()),
  minutes: z.nullable(z.int()),
  property_id: z.nullable(id),
});
const Listed = z.omit(Showing, { notes: true });

const showingRecord = recordType({
  name: "showing",
  schema: 1,
  guard: "task",
  fields: Showing,
  listed: Listed,
  lists: ["brokerage", "owner"],
  hoursDeleted: 30 * 24,
  indexAttributes: ({ property_id }) => ({ property_id }),
});

const one = { path: "/v1/showings/{showing_id}", record: recordAt(showingRecord, "showing_id") } as const;
const answer = { status: 200, body: Showing } as const;

export const createShowing = operation({
  id: "createShowing",
  method: "POST",
  path: "/v1/showings",
  permission: "task:write",
  summary: "Add a showing",
  body: writable,
  answer: { status: 201, body: Showing },
  access: { table: writeTable("PutItem") },
  run: ({ body, caller: { brokerage_id, user_id }, save, ...invoked }) =>
    save(createRecord(showingRecord, brokerage_id, { ...body, owner_user_id: user_id }, invoked)),
});

const getShowing = operation({
  id: "getShowing",
  method: "GET",
  ...one,
  permission: "task:read",
  summary: "Show a showing",
  answer,
  access: { table: readTable },
  run: async ({ record }) => record,
});

const listShowings = operation({
  id: "listShowings",
  method: "GET",
  path: "/v1/showings",
  permission: "task:read",
  summary: "List showings, newest first",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(Listed) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => listRecords(table, { ...asked, type: showingRecord }),
});

const updateShowing = operation({
  id: "updateShowing",
  method: "PATCH",
  ...one,
  permission: "task:write",
  summary: "Change a showing",
  body: z.partial(writable),
  answer,
  access: { table: writeTable("PutItem") },
  run: ({ record, body, save, ...invoked }) => save(patchRecord(showingRecord, record, body, invoked)),
});

const deleteShowing = operation({
  id: "deleteShowing",
  method: "DELETE",
  ...one,
  permission: "task:delete",
  summary: "Delete a showing",
  answer: { status: 204 },
  access: { table: writeTable("PutItem") },
  run: ({ record, commit, ...invoked }) => commit(deleteRecord(showingRecord, record, invoked), undefined),
});

const restoreShowing = operation({
  id: "restoreShowing",
  method: "POST",
  path: "/v1/showings/{showing_id}/restore",
  permission: "task:delete",
  summary: "Restore a deleted showing",
  answer,
  access: { table: writeTable("PutItem") },
  record: deletedAt(showingRecord, "showing_id"),
  run: ({ record, save, ...invoked }) => save(restoreRecord(showingRecord, record, invoked)),
});

/** Its operations, as an area of functions/index.ts. */
export const showings: readonly Operation[] = [
  listShowings,
  createShowing,
  getShowing,
  updateShowing,
  deleteShowing,
  restoreShowing,
] as never;
