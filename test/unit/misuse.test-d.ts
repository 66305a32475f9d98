/** What must not compile. Never run: `tsc` fails here when one of these misuses begins to compile. */
import * as z from "zod/mini";
import { type Listing, listRecords } from "../../shared/data/list.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { changeRecord, create, createRecord, patchRecord } from "../../shared/data/records.ts";
import { readTable, type TableQuerier, type UpdateWrite, writeTable } from "../../shared/data/table.ts";
import { type Caller, type Permission, roles } from "../../shared/domain/access.ts";
import type { Invocation } from "../../shared/domain/invocation.ts";
import { Property } from "../../shared/domain/property.ts";
import { propertyRecord, type StoredProperty } from "../../shared/domain/property-record.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { operation, queueWorker } from "../../shared/entry/definition.ts";
import { onChangeOf } from "../../shared/entry/effect.ts";
import { recordAt } from "../../shared/entry/path-record.ts";
import { client, ok, refused } from "../client.ts";

const answer = { status: 200, body: z.object({ id: z.string() }) } as const;
const common = { id: "misuse", summary: "Misuse", method: "POST", permission: "session", answer } as const;
const item = { pk: "p", sk: "s", schema: 1 };

operation({
  ...common,
  path: "/v1/things",
  access: { table: readTable },
  async run(context) {
    // @ts-expect-error: a read grant cannot commit
    await context.commit([create(item)], { id: "1" });
    // @ts-expect-error: a read grant cannot write
    await context.table.commit([create(item)]);
    // @ts-expect-error: a grant of reads by key cannot query
    await context.table.query({});
    return { id: "1" };
  },
});

operation({
  ...common,
  path: "/v1/things",
  access: { table: writeTable("PutItem") },
  async run(context) {
    // @ts-expect-error: even with the grant, HTTP writes only together with the idempotent answer
    await context.table.commit([create(item)]);
    return context.commit([create(item)], { id: "1" });
  },
});

operation({
  ...common,
  path: "/v1/things",
  access: { table: readTable, cma: sendTo("cma") },
  async run(context) {
    await context.cma.send({ brokerage_id: "b", id: "1" });
    // @ts-expect-error: a queue that was not granted
    await context.media.send({ brokerage_id: "b", id: "1" });
    return { id: "1" };
  },
});

// @ts-expect-error: a queue that does not exist
sendTo("no_such_queue");

operation({
  ...common,
  path: "/v1/things/{thing_id}/parts/{part_id}",
  access: { table: readTable },
  async run({ params }) {
    // @ts-expect-error: a parameter that the path does not have
    const wrong: string = params.property_id;
    return { id: params.thing_id + params.part_id + wrong };
  },
});

operation({
  ...common,
  permission: "public",
  path: "/v1/things",
  access: { table: readTable },
  async run(context) {
    // @ts-expect-error: nobody has signed in
    return { id: context.caller.user_id };
  },
});

operation({
  ...common,
  path: "/v1/things",
  query: z.strictObject({ owner: z.optional(z.string()) }),
  body: z.strictObject({ title: z.string() }),
  access: { table: readTable },
  async run({ query, body }) {
    // @ts-expect-error: the query has no such parameter
    const wrong = query.color;
    // @ts-expect-error: the body's title is no number
    const title: number = body.title;
    return { id: `${wrong}${title}` };
  },
});

// @ts-expect-error: an operation without a permission
operation({
  id: "misuse",
  summary: "Misuse",
  method: "GET",
  path: "/v1/things",
  answer,
  access: { table: readTable },
  run: async () => ({ id: "1" }),
});

// @ts-expect-error: a resource that does not exist
export const permission: Permission = "castle:read";

queueWorker({
  id: "misuse",
  summary: "Misuse",
  queue: "cma",
  impact: "None",
  access: { table: writeTable("PutItem") },
  message: { parse: () => ({ id: "1" }) },
  async run({ message }) {
    // @ts-expect-error: the message has no such field
    return message.offset;
  },
});

// @ts-expect-error: a list of roles that cannot be written
roles.push("owner");
operation({
  ...common,
  path: "/v1/properties/{property_id}",
  answer: { status: 200, body: Property },
  access: { table: readTable },
  record: recordAt(propertyRecord, "property_id"),
  // @ts-expect-error: the answer is a property
  run: async () => 42,
});

operation({
  ...common,
  path: "/v1/properties/{property_id}",
  permission: "task:read",
  access: { table: readTable },
  // @ts-expect-error: a property is guarded by the permissions of properties
  record: recordAt(propertyRecord, "property_id"),
  run: async ({ record }) => record,
});

operation({
  ...common,
  path: "/v1/properties/{property_id}",
  permission: "property:read",
  access: { table: readTable },
  // @ts-expect-error: a parameter that the path does not have
  record: recordAt(propertyRecord, "task_id"),
  run: async () => ({ id: "1" }),
});

operation({
  ...common,
  path: "/v1/things",
  problems: ["limit_reached"],
  access: { table: writeTable("PutItem") },
  async run({ problem, commit }) {
    const update: UpdateWrite = { Update: { Key: item, UpdateExpression: "SET a = :a" } };
    // @ts-expect-error: an Update under a grant of PutItem alone
    await commit([update], { id: "1" });
    // @ts-expect-error: a problem that the operation does not declare
    throw problem("email_taken");
  },
});

declare const asked: Pick<Listing<typeof taskRecord>, "caller" | "now" | "query" | "cursorKey">;
declare const caller: Caller;
declare const table: TableQuerier;
declare const house: StoredProperty;
declare const invocation: Invocation;

// @ts-expect-error: a type of record that does not exist
listRecords(table, { ...asked, type: "cleint" });
// @ts-expect-error: the brokerage is the caller's, and no list takes another
listRecords(table, { ...asked, type: taskRecord, brokerage_id: "another" });
// @ts-expect-error: a list that does not say who lists
listRecords(table, { type: taskRecord, now: asked.now, query: asked.query, cursorKey: "k" });
// @ts-expect-error: a filter of a field that lists do not show
listRecords(table, { ...asked, type: propertyRecord, filters: [{ holds: ({ source_key }) => !source_key }] });

// @ts-expect-error: a patch with a misspelt field
patchRecord(propertyRecord, house, { titel: "A house" }, invocation);
// @ts-expect-error: a patch with what only the floor of records writes
patchRecord(propertyRecord, house, { version: 7 }, invocation);
// @ts-expect-error: a change of another brokerage
changeRecord(propertyRecord, house, { brokerage_id: caller.brokerage_id }, invocation);
// @ts-expect-error: a new record without what it needs
createRecord(taskRecord, "b", { title: "Call back" }, invocation);

onChangeOf(propertyRecord, {
  name: "misuse",
  access: { table: readTable },
  async run({ after, table }) {
    // @ts-expect-error: the record has no such field
    void after?.due_date;
    // @ts-expect-error: a read grant cannot write
    await table.commit([create(item)]);
  },
});

const token = "a session token";
const task = { token, params: { task_id: "1" } };

// @ts-expect-error: an operation that does not exist
client.burnTask(task);
// @ts-expect-error: a parameter of the path is missing
client.getTask({ token });
// @ts-expect-error: a parameter that the path does not have
client.getTask({ token, params: { property_id: "1" } });
// @ts-expect-error: a body without what it needs
client.createTask({ token, body: { priority: "high" } });
// @ts-expect-error: a priority that does not exist
client.updateTask({ ...task, version: 1, body: { priority: "highest" } });
// @ts-expect-error: a body where none is taken
client.deleteTask({ ...task, version: 1, body: {} });
// @ts-expect-error: a filter that the list does not have
client.listTasks({ token, query: { color: "red" } });
// @ts-expect-error: a status that the operation does not answer
client.getTask(task).then(({ status }) => status === 201);
// @ts-expect-error: a field of the record, before the answer is known to be one
client.getTask(task).then(({ body }) => body.due_date);
// @ts-expect-error: the record has no such field
ok(client.getTask(task)).then(({ color }) => color);
// @ts-expect-error: a problem that the operation does not answer
refused("email_taken", client.getTask(task));
client.getTask(task).then((answer) => {
  if (answer.status === 200) return answer.body.due_date;
  // @ts-expect-error: a code that no answer of the operation has
  return answer.body.code === "slug_taken";
});
