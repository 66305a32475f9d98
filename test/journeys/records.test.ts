import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { expireUnfinished } from "../../functions/service/expire-unfinished.ts";
import { purgeDeleted } from "../../functions/service/purge-deleted.ts";
import { claimJob, failJob, finishJob, Leased } from "../../shared/data/jobs.ts";
import { fromItem, recordKey } from "../../shared/data/record-item.ts";
import {
  changeRecord,
  createRecord,
  deleteRecord,
  loadDeleted,
  loadRecord,
  restoreRecord,
} from "../../shared/data/records.ts";
import { indexes } from "../../shared/data/schema.ts";
import { ConditionFailed, type Write } from "../../shared/data/table.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { recordType } from "../../shared/domain/record-type.ts";
import { recordFields } from "../../shared/domain/schemas.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { cloud, expectStatus, signUp, unique } from "../cloud.ts";
import { importFile } from "../imports.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { snapshot } from "../prove/snapshot.ts";
import { stored } from "../records.ts";
import { soldHouses } from "../sales.ts";

const Thing = z.object({
  ...recordFields,
  name: z.string(),
  status: z.enum(["idle", "queued", "working", "done", "failed"]),
  note: z.nullable(z.string()),
});
const thingRecord = recordType({
  name: "thing",
  schema: 7,
  guard: "task",
  fields: Thing,
  listed: z.pick(Thing, { id: true, version: true, created_at: true, updated_at: true, name: true }),
  lists: ["brokerage"],
  hoursDeleted: 24,
  unique: [{ name: "name", problem: "conflict", over: "brokerage", valuesOf: ({ name }) => [name] }],
  job: {
    startsOn: ["queued"],
    deadlines: { queued: 10, working: 10 },
    claimed: () => ({ status: "working" }) as const,
    failed: () => ({ status: "failed" }) as const,
  },
});

const invoked = (minutesOn = 0) => invocation("test", null, new Date(Date.now() + minutesOn * 60_000));
const commit = (writes: readonly Write[]) => table.commit(writes);
/** The problem of the write whose condition did not hold. */
const refusal = async (writes: readonly Write[]) => {
  const error = await commit(writes).then(
    () => undefined,
    (thrown) => thrown,
  );
  if (!(error instanceof ConditionFailed)) throw new Error(`not refused: ${error}`);
  return writes[[...error.failed.keys()][0]!]!.ifConditionFails;
};

async function aThing(brokerageId: string, over: Partial<{ name: string; status: "idle" | "queued" }> = {}) {
  const fields = { name: unique(), status: "idle" as const, ...over };
  const { record, writes } = createRecord(thingRecord, brokerageId, fields, invoked());
  await commit(writes);
  return record;
}

describe("the floor of records", () => {
  const brokerage = invoked().newId();

  test("what is created is read back, what is not known as null, its fields once", async () => {
    const thing = await aThing(brokerage);
    expect(thing).toMatchObject({ version: 1, note: null });
    expect(await loadRecord(table, thingRecord, brokerage, thing.id)).toEqual(thing);
    expect(await table.get(recordKey(brokerage, thingRecord, thing.id))).toMatchObject({
      schema: 7,
      entity: "thing",
      kind: "thing",
      listed: { name: thing.name },
      detail: { status: "idle" },
    });
    expect(await loadRecord(table, thingRecord, invoked().newId(), thing.id)).toBeUndefined();
  });

  test("a change is written over the version that was read and over no other", async () => {
    const thing = await aThing(brokerage);
    const change = changeRecord(thingRecord, thing, { note: "one" }, invoked());
    await commit(change.writes);
    expect(await loadRecord(table, thingRecord, brokerage, thing.id)).toEqual(change.record);
    expect(await refusal(changeRecord(thingRecord, thing, { note: "two" }, invoked()).writes)).toBe(
      "stale_version",
    );
  });

  test("a unique value is held, let go by a change and by a delete, and taken back by a restore or refused", async () => {
    const [first, other] = [await aThing(brokerage), invoked().newId()];
    const same = (id: string) =>
      createRecord(thingRecord, id, { name: first.name, status: "idle" }, invoked());
    expect(await refusal(same(brokerage).writes)).toBe("conflict");
    await commit(same(other).writes);

    const renamed = changeRecord(thingRecord, first, { name: unique() }, invoked());
    await commit(renamed.writes);
    const second = same(brokerage);
    await commit(second.writes);
    expect(
      await refusal(changeRecord(thingRecord, renamed.record, { name: first.name }, invoked()).writes),
    ).toBe("conflict");

    await commit(deleteRecord(thingRecord, second.record, invoked()));
    expect(await loadRecord(table, thingRecord, brokerage, second.record.id)).toBeUndefined();
    const third = same(brokerage);
    await commit(third.writes);
    const deleted = (await loadDeleted(table, thingRecord, brokerage, second.record.id))!;
    expect(deleted).toMatchObject({ name: first.name, version: 2 });
    const restore = (minutesOn = 0) => restoreRecord(thingRecord, deleted, invoked(minutesOn));
    expect(await refusal(restore().writes)).toBe("conflict");
    await commit(deleteRecord(thingRecord, third.record, invoked()));
    expect(await refusal(restore(25 * 60).writes)).toBe("not_found");
    await commit(restore().writes);
    expect(await loadRecord(table, thingRecord, brokerage, deleted.id)).toEqual({
      ...deleted,
      version: 3,
      updated_at: expect.any(String),
      written: expect.any(Object),
    });
    expect(await refusal(same(brokerage).writes)).toBe("conflict");
  });

  test("a deleted record is in no index but the one that says when it is purged", async () => {
    const thing = await aThing(brokerage, { status: "queued" });
    await commit(deleteRecord(thingRecord, thing, invoked()));
    const item = (await table.get(recordKey(brokerage, thingRecord, thing.id)))!;
    expect(
      Object.keys(item).filter((name) => ["kind", "at", "state", "audience", "area"].includes(name)),
    ).toEqual([]);
    expect(item).toMatchObject({ due_list: "purge", deleted: { listed: { name: thing.name } } });
    expect(fromItem(thingRecord, item)).toMatchObject({ status: "queued" });
  });
});

describe("a job", () => {
  const brokerage = invoked().newId();
  const claim = (id: string, minutesOn = 0) =>
    claimJob(table, thingRecord, brokerage, id, 60, invoked(minutesOn));

  test("is claimed by one worker at a time, and by another when that one's lease is over", async () => {
    const { id } = await aThing(brokerage, { status: "queued" });
    const first = await claim(id);
    expect(first).toMatchObject({ status: "working" });
    await expect(claim(id)).rejects.toThrow(Leased);
    const second = await claim(id, 2);
    expect(await finishJob(table, thingRecord, first!, { changes: { status: "done" } }, invoked())).toBe(
      false,
    );
    expect(await finishJob(table, thingRecord, second!, { changes: { status: "done" } }, invoked())).toBe(
      true,
    );
    expect(await claim(id, 9)).toBeUndefined();
  });

  test("of twenty deliveries at once, one is worked on", async () => {
    const { id } = await aThing(brokerage, { status: "queued" });
    const claims = await Promise.allSettled(Array.from({ length: 20 }, () => claim(id)));
    expect(claims.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of claims) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(Leased);
  });

  test("keeps what others changed of its record meanwhile", async () => {
    const { id } = await aThing(brokerage, { status: "queued" });
    const claimed = (await claim(id))!;
    await commit(changeRecord(thingRecord, claimed, { note: "by its owner" }, invoked()).writes);
    expect(await finishJob(table, thingRecord, claimed, { changes: { status: "done" } }, invoked())).toBe(
      true,
    );
    expect(await loadRecord(table, thingRecord, brokerage, id)).toMatchObject({
      status: "done",
      note: "by its owner",
    });
  });

  test("has a deadline in the index of what is due, while it has work to do", async () => {
    const { id } = await aThing(brokerage, { status: "queued" });
    const due = async () => (await table.get(recordKey(brokerage, thingRecord, id)))?.due_list;
    expect(await due()).toBe("deadlines");
    await finishJob(table, thingRecord, (await claim(id))!, { changes: { status: "done" } }, invoked());
    expect(await due()).toBeUndefined();
  });

  test("is not ended by who read it before it moved on", async () => {
    const { id } = await aThing(brokerage, { status: "queued" });
    const read = async () => (await loadRecord(table, thingRecord, brokerage, id))!;
    const before = await read();
    await finishJob(table, thingRecord, (await claim(id))!, { changes: { status: "done" } }, invoked());
    expect(await failJob(table, thingRecord, before, "expired", invoked())).toBe(false);
    expect((await read()).status).toBe("done");
    const again = await aThing(brokerage, { status: "queued" });
    const queued = (await loadRecord(table, thingRecord, brokerage, again.id))!;
    expect(await failJob(table, thingRecord, queued, "expired", invoked())).toBe(true);
  });

  test("that moved on since the index said it was due is not ended", async () => {
    const aMedia = async (status: "ready" | "awaiting_upload", minutesOn: number) => {
      const fields = {
        property_id: brokerage,
        type: "image",
        content_type: "image/jpeg",
        size_bytes: 1,
        file_name: "front.jpg",
        status,
      } as const;
      const { record, writes } = createRecord(mediaRecord, brokerage, fields, invoked(minutesOn));
      await commit(writes);
      return record;
    };
    const all = [await aMedia("ready", -90), await aMedia("awaiting_upload", -30)];
    const late = await aMedia("awaiting_upload", -90);
    const items = [...all, late].map(({ id }) => ({
      ...recordKey(brokerage, mediaRecord, id),
      entity: "media",
    }));
    const lagging: typeof table = { ...table, query: async () => ({ items, last: undefined }) };
    const removals = { send: async () => {} };
    await expireUnfinished.run({ ...invoked(), table: lagging, removals });
    const now = async ({ id }: { id: string }) => stored(mediaRecord, brokerage, id);
    for (const one of all) expect(await now(one)).toEqual(one);
    expect(await now(late)).toMatchObject({ status: "rejected" });
  });

  test("none being due, the schedule asks once, whatever the number of brokerages", async () => {
    const asked: unknown[] = [];
    const asking =
      <Input, Answer>(ask: (input: Input) => Answer) =>
      (input: Input) => {
        asked.push((input as { IndexName?: string }).IndexName);
        return ask(input);
      };
    const watched = {
      ...table,
      query: asking(table.query),
      get: asking(table.get),
    };
    const doors = { table: watched as typeof table, removals: { send: async () => {} } };
    await expireUnfinished.run({ ...invocation("test", null, new Date(0)), ...doors });
    expect(asked).toEqual(["due"]);
  });
});

test("a purge waits for restores of the last minute, and one record that it cannot remove keeps no other", async () => {
  const now = new Date();
  const brokerage = invoked().newId();
  const dueAgo = async (minutes: number) => {
    const thing = await aThing(brokerage);
    await commit(deleteRecord(thingRecord, thing, invoked(-24 * 60 - minutes)));
    return recordKey(brokerage, thingRecord, thing.id);
  };
  const [stuck, due, justDue] = [await dueAgo(3), await dueAgo(2), await dueAgo(0.5)];
  const own = [stuck, due, justDue].map(({ pk }) => pk);
  const watched: typeof table = {
    ...table,
    async query(input) {
      const answer = await table.query(input);
      if (input.IndexName !== "due") return answer;
      return { ...answer, items: answer.items.filter(({ pk }) => own.includes(pk)) as never };
    },
    async commit(writes) {
      if (JSON.stringify(writes).includes(stuck.pk)) throw new Error("stuck");
      return table.commit(writes);
    },
  };
  const removals = { send: async () => {} };
  const run = purgeDeleted.run({ ...invocation("test", null, now), table: watched, removals } as never);
  await expect(run).rejects.toThrow("1 of 2 records failed");
  expect(await table.get(due)).toBeUndefined();
  expect(await table.get(justDue)).toBeDefined();
});

test("every item carries the version of its shape", async () => {
  const office = await signUp();
  const { token, brokerage } = office;
  await importFile(token, "id,date,price\nx,2015-01-01,400000\n");
  const body = { title: "A house", property_type: "house", price: 1 };
  const keyed = { token, body, headers: { "idempotency-key": "versioned" } };
  const property = await expectStatus(201, "POST", "/v1/properties", keyed);
  await expectStatus(202, "POST", `/v1/properties/${property.id}/cmas`, { token, body: {} });
  await expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "T" } });
  await expectStatus(204, "DELETE", `/v1/properties/${property.id}`, {
    token,
    headers: { "if-match": '"1"' },
  });
  const items = [...(await snapshot()).values()].filter(({ pk }) =>
    [brokerage.id, `email#${office.email}`, `slug#${brokerage.slug}`].some((start) => pk.startsWith(start)),
  );
  expect(items.length).toBeGreaterThan(9);
  expect(items.filter(({ schema }) => typeof schema !== "number")).toEqual([]);
});

test("an imported sale costs nine or ten write units: one conditional Put", async () => {
  const { brokerage, user } = await signUp();
  const [sale] = await fill({ user, brokerage } as never, soldHouses("98115").slice(0, 1));
  const { id: _, version: __, ...fields } = sale!;
  const { writes } = createRecord(propertyRecord, brokerage.id, fields, invoked());
  expect(writes).toHaveLength(1);
  const { ConsumedCapacity } = await new DynamoDBClient({}).send(
    new PutItemCommand({
      TableName: cloud.tableName,
      Item: marshall(writes[0]!.Put.Item, { removeUndefinedValues: true }),
      ReturnConsumedCapacity: "TOTAL",
    }),
  );
  expect(ConsumedCapacity!.CapacityUnits).toBeLessThanOrEqual(10);
  expect(ConsumedCapacity!.CapacityUnits).toBeGreaterThanOrEqual(9);
});

test("each index of the local file lists only the items it has, by one condition: its SQLite uses no others", () => {
  const store = new DatabaseSync(join(cloud.data, "dynamodb/shared-local-instance.db"), { readOnly: true });
  const made = store
    .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE ?")
    .all(`${cloud.tableName}*%`);
  store.close();
  const own = new Map(made.map(({ name, sql }) => [String(name).split("*")[1], String(sql)]));
  for (const name of Object.keys(indexes)) expect(own.get(name)).toMatch(/ WHERE \w+ IS NOT NULL$/);
});
