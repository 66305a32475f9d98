import { isDeepStrictEqual } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import type { Table } from "../../shared/data/table.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { takesIdempotencyKey } from "../../shared/entry/request.ts";
import { named, operations } from "../answers.ts";
import { api, unique } from "../cloud.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { Subject } from "../contract/subject.ts";
import { inProcess, unconditional, withTable } from "../in-process.ts";
import { snapshot } from "./snapshot.ts";

/** What requests make, and no worker. */
const entities = [
  ...["user", "hand_over", "role", "team", "api_key"],
  ...["property", "media", "cma", "import", "export", "task"],
  ...["client", "interaction", "merge", "erasure", "event"],
];
const atOnce = 100;

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});

interface Sent {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the API's answers.
  readonly body: any;
}
type Send = (key: string, body: object | undefined, token?: string) => Promise<Sent>;

/** How many records of each kind a brokerage has, and how many events of a kind that only senders tell of. */
async function records({ brokerage } = world.home): Promise<Record<string, number>> {
  const all = [...(await snapshot()).values()].filter(
    ({ pk, deleted }) => pk.startsWith(brokerage.id) && !deleted,
  );
  const kinds = all.map(({ sk, entity, listed }) => {
    if (sk === "record") return entity;
    return sk.startsWith("event#") && (listed as { metric_type: string }).metric_type.startsWith("x_")
      ? "event"
      : undefined;
  });
  return Object.fromEntries(
    entities.map((entity) => [entity, kinds.filter((kind) => kind === entity).length]),
  );
}

/** How many records of each kind an act adds; what a worker removes behind it is another matter. */
async function effectOf(act: () => Promise<unknown>): Promise<Record<string, number>> {
  const before = await records();
  await act();
  const after = await records();
  return Object.fromEntries(
    entities.map((entity) => [entity, Math.max(0, after[entity]! - before[entity]!)]),
  );
}

/** Without what is signed afresh each time, or shown the first time only. */
const lasting = (answered: Sent["body"]) => {
  const { upload, key: _, ...body } = answered || {};
  return upload ? { ...body, to: new URL(upload.url).pathname } : body;
};

async function subjectOf(operation: Operation) {
  const subject = new Subject(operation, world);
  const { caller, params, query, version } = await subject.current();
  const at = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name]!);
  const path = query ? `${at}?${new URLSearchParams(query)}` : at;
  const send: Send = (key, body, token = caller.token) =>
    api(operation.method, path, {
      token,
      headers: { "idempotency-key": key, ...(version && { "if-match": `"${version}"` }) },
      ...(body && { body }),
    });
  return { body: await subject.example(), send, path, caller, params };
}

describe.each(operations.filter(takesIdempotencyKey).map((operation) => [operation.id, operation] as const))(
  "%s",
  (_, operation) => {
    test(`${atOnce} at once with one key: one effect, one answer; 422 with another body; others' keys are others'`, async () => {
      const single = await subjectOf(operation);
      const once = await effectOf(() => single.send(unique(), single.body));

      const { send, body } = await subjectOf(operation);
      const key = `key of ${unique()}`;
      const answers: Sent[] = [];
      const effect = await effectOf(async () => {
        answers.push(...(await Promise.all(Array.from({ length: atOnce }, () => send(key, body)))));
      });
      expect(effect).toEqual(once);
      const done = answers.filter(({ status }) => status === operation.answer.status);
      expect(done.length).toBeGreaterThan(0);
      for (const { status, body } of answers)
        if (status === operation.answer.status) expect(lasting(body)).toEqual(lasting(done[0]!.body));
        else expect([status, body.code]).toEqual([409, "request_in_progress"]);

      const again = await effectOf(async () => {
        const replayed = await send(key, body);
        expect([replayed.status, lasting(replayed.body)]).toEqual([
          operation.answer.status,
          lasting(done[0]!.body),
        ]);
        // An operation without a body is another request with what the schema would refuse: the key is looked at first.
        const other = await send(key, { ...body, title: "Another" });
        expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
        // A stranger's is a record of their own, or a problem; where the answer only counts, what they sent is theirs.
        const stranger = await send(key, body, world.foreign.users.admin.token);
        const isSame = isDeepStrictEqual(lasting(stranger.body), lasting(done[0]!.body));
        expect(isSame ? (await records(world.foreign)).event : "their own").not.toBe(0);
      });
      expect(Object.values(again).every((count) => count === 0)).toBe(true);
    });
  },
);

/** A table whose first commits wait for each other: `count` requests are past every check when the first is done. */
function together(count: number, under: (table: Table) => Table = (table) => table) {
  const all = Promise.withResolvers<void>();
  let waiting = 0;
  return (opened: Table): Table => {
    const table = under(opened);
    const commit: Table["commit"] = async (writes) => {
      if (++waiting === count) all.resolve();
      await all.promise;
      await table.commit(writes);
    };
    return { ...table, commit };
  };
}

/** How many properties 20 requests with one key make when all of them are past every check. */
async function madeBy(change: (table: Table) => Table): Promise<number | undefined> {
  const operation = named("createProperty");
  const { body, caller } = await subjectOf(operation);
  const call = await inProcess(withTable(operation, change));
  const request = { token: caller.token, body, headers: { "idempotency-key": unique() } };
  const effect = await effectOf(() => Promise.all(Array.from({ length: 20 }, () => call(request))));
  return effect.property;
}

test("20 requests at their commit at the same moment: one effect", async () => {
  expect(await madeBy(together(20))).toBe(1);
});

test("sabotage: with a key that is kept unconditionally, many are made", async () => {
  expect(await madeBy(together(20, unconditional))).toBeGreaterThan(1);
});

test("a repeat that reads the record after the first has changed it, gets the first answer", async () => {
  const operation = named("undoImport");
  const { caller, params, send } = await subjectOf(operation);
  const key = unique();
  const first = Promise.withResolvers<void>();
  const lookedFor = Promise.withResolvers<void>();
  const repeat = await inProcess(
    withTable(operation, (table) => ({
      ...table,
      async get(key) {
        if (key.pk.includes("#import#")) await first.promise;
        return table.get(key);
      },
      async getMany(keys) {
        const found = await table.getMany(keys);
        lookedFor.resolve();
        return found;
      },
    })),
  );
  const path = operation.path.replace("{import_id}", params.import_id!);
  const repeated = repeat({ token: caller.token, params, path, headers: { "idempotency-key": key } });
  await lookedFor.promise;
  const answer = await send(key, undefined);
  first.resolve();
  expect(answer.status).toBe(202);
  expect(await repeated).toMatchObject({ status: 202, body: answer.body });
});
