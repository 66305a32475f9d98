/** What must not compile. Never run: `tsc` fails here when one of these misuses begins to compile. */
import * as z from "zod/mini";
import type { ListOptions, Source } from "../../shared/data/list.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { create } from "../../shared/data/records.ts";
import { readTable, writeTable } from "../../shared/data/table.ts";
import { type Permission, roles } from "../../shared/domain/access.ts";
import { operation, queueWorker } from "../../shared/entry/definition.ts";

const answer = { status: 200, body: z.object({ id: z.string() }) } as const;
const common = { id: "misuse", summary: "Misuse", method: "POST", permission: "session", answer } as const;
const item = { pk: "p", sk: "s" };

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

// @ts-expect-error: a partition attribute is missing
export const source: Source = { index: "owner", partition: { brokerage_id: "b", entity: "property" } };

// @ts-expect-error: a list that does not say who may see what
export const list: ListOptions<object> = { sources: [], query: { limit: 1 }, cursorKey: "k" };

// @ts-expect-error: a list of roles that cannot be written
roles.push("owner");
