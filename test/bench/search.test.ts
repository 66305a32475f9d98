import { beforeAll, expect, test } from "vitest";
import { listProperties } from "../../functions/properties/list-properties.ts";
import { toItem } from "../../shared/data/record-item.ts";
import { changeRecord, createRecord } from "../../shared/data/records.ts";
import { clientRecord, newClient } from "../../shared/domain/client.ts";
import { NewProperty } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { newProperty } from "../../shared/domain/property-status.ts";
import type { AnyRecordType, RecordOf } from "../../shared/domain/record-type.ts";
import { newTask, taskRecord } from "../../shared/domain/task.ts";
import { updateSearchWords } from "../../shared/effects/search-words.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { waitFor } from "../cloud.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { table } from "../in-process.ts";
import { fill, house } from "../properties.ts";
import { measure } from "./measure.ts";
import { meter } from "./meter.ts";

// What the words of a record cost to write, and a page of a search to read.

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const invoked = invocation("test", null);
const { newId, now } = invoked;
const owned = { owner_user_id: newId(), team_id: null };

/** The write units of the words that a change makes. */
async function unitsOf(type: AnyRecordType, before: RecordOf<AnyRecordType> | undefined, after: object) {
  const [was, is] = [before, after].map((one) => one && toItem(type, one as RecordOf<AnyRecordType>));
  await table.putMany([is!]);
  const run = () =>
    updateSearchWords(type).run({ ...invoked, change: { before: was, after: is } }, { table });
  const { requests } = await meter(run);
  return requests.reduce((total, { writeUnits }) => total + writeUnits, 0);
}

function propertyOf(body: object, imported = false) {
  const parsed = NewProperty.parse({ ...house, ...body });
  const counted = { created: 1, updated: 0, unchanged: 0, failed: 0 };
  const mark = { import_id: newId(), row: 1, version: 1, counted, created_by: newId() };
  const fields = { ...newProperty(parsed, { ...owned, now }), ...(imported ? { import: mark } : {}) };
  return createRecord(propertyRecord, world.home.brokerage.id, fields, invoked).record;
}

const address = {
  address: "12834 Northeast Martin Luther King Jr Way South Apt 305",
  city: "Lake Forest Park",
  postal_code: "98155-1234",
};
const sold = {
  status: "sold",
  close_price: 1,
  close_date: "2026-01-01",
  title: "One two three four five six",
};

test("an imported sale: five units at most", async () => {
  expect(await unitsOf(propertyRecord, undefined, propertyOf({ ...address, ...sold }, true))).toBe(5);
  const key = { ...sold, title: "7129300520", city: "Seattle", postal_code: "98178" };
  expect(await unitsOf(propertyRecord, undefined, propertyOf(key, true))).toBe(3);
});

test("a listing: twelve at most; none where neither words nor who may read it changed", async () => {
  const listing = propertyOf({
    ...address,
    title: "A craftsman of many words that nobody will ever read here",
  });
  expect(await unitsOf(propertyRecord, undefined, listing)).toBe(12);
  const cheaper = changeRecord(propertyRecord, listing, { price: 1 }, invoked).record;
  expect(await unitsOf(propertyRecord, listing, cheaper)).toBe(0);
});

test("a client: sixteen at most, in a team, too; a task eight words in each list", async () => {
  const body = { name: "Maria Elena Lopez", email: "mlopez77@mail.example.com", phone: "+12065550142" };
  const client = (of: object) => {
    const fields = newClient({ ...body } as never, { ...owned, ...of }, { now, by: newId() } as never);
    return createRecord(clientRecord, world.home.brokerage.id, fields as never, invoked).record;
  };
  expect(await unitsOf(clientRecord, undefined, client({}))).toBe(12);
  expect(await unitsOf(clientRecord, undefined, client({ team_id: newId() }))).toBe(16);
  const title = "Call the seller about the open house on Sunday morning at ten";
  const task = createRecord(taskRecord, world.home.brokerage.id, newTask({ title }, owned), invoked).record;
  expect(await unitsOf(taskRecord, undefined, task)).toBe(16);
});

test("a page: one Query and one BatchGetItem", async () => {
  const { users, brokerage } = world.home;
  await fill(
    { ...users.admin, brokerage },
    Array.from({ length: 30 }, (_, at) => ({ title: `Sandpiper ${at}` })),
  );
  const query = { q: "sandp" };
  const page = () => measure(listProperties as unknown as Operation, world, { calls: 0, query });
  const cost = await waitFor(async () => {
    const one = await page();
    return one.readUnits > 25 ? one : undefined;
  });
  const [, ...own] = cost.requests.map(({ action }) => action).sort();
  expect(own).toEqual(["BatchGetItem", "Query"]);
  expect(cost.readUnits).toBeLessThanOrEqual(35);
});
