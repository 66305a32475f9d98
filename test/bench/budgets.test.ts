import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listAnalyticsEvents } from "../../functions/analytics/list-analytics-events.ts";
import { listClients } from "../../functions/clients/list-clients.ts";
import { createProperty } from "../../functions/properties/create-property.ts";
import { getProperty } from "../../functions/properties/get-property.ts";
import { listProperties } from "../../functions/properties/list-properties.ts";
import { listPublicProperties } from "../../functions/public/list-public-properties.ts";
import { openApi } from "../../infra/documents/openapi.ts";
import { slugKey } from "../../shared/data/brokerages.ts";
import { toItem } from "../../shared/data/record-item.ts";
import { createRecord } from "../../shared/data/records.ts";
import { clientRecord, newClient } from "../../shared/domain/client.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { loadKeys } from "../../shared/entry/session.ts";
import { happened, keep } from "../analytics.ts";
import { named, operations } from "../answers.ts";
import { aPublicListing, exampleOf } from "../contract/makers.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { table, withTable } from "../in-process.ts";
import { fill } from "../properties.ts";
import { overwrite, stored } from "../records.ts";
import { soldHouses } from "../sales.ts";
import { showings } from "../showings.ts";
import { budgetOf, budgets } from "./budgets.ts";
import { defaultBudget } from "./default-budget.ts";
import { type Cost, measure } from "./measure.ts";
import { meter } from "./meter.ts";

// Targets 6 and 7 of what does not depend on the machine; 2 and 3 stand in test/infra/bundles.test.ts.

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  const { users, brokerage } = world.home;
  await fill({ ...users.admin, brokerage }, soldHouses("98115").slice(0, 60));
});

// They are read once a minute, by whichever request comes first then: by none that is measured.
beforeEach(() => loadKeys(table, new Date()));

/** The cost of an operation's first call; of its second where it is a PUT, which replaces what the first put there. */
const call = (operation: unknown, query = {}) => {
  const measured = operation as Operation;
  return measure(measured, world, { calls: measured.method === "PUT" ? 1 : 0, query });
};

test.each(operations.map((operation) => [operation.id, operation] as const))("%s", async (_, operation) => {
  expect(beyond(await call(operation), operation)).toEqual([]);
});

test("no line for what is no operation, or says what its declaration says", () => {
  for (const [id, budget] of Object.entries(budgets)) {
    const operation = operations.find((one) => one.id === id);
    expect(operation, id).toBeDefined();
    expect(defaultBudget(operation!), id).not.toEqual(budget);
  }
});

test("a new type of record has its budgets; what does something else needs a line", () => {
  const declared = { operations: showings, document: openApi({ showings }) };
  const made = showings.map((operation) => [operation.id, defaultBudget(operation, declared)]);
  // In the brokerage's list, its owner's and its property's; a deleted one in that of what is purged.
  expect(Object.fromEntries(made)).toEqual({
    listShowings: { actions: ["Query"], reads: 2, writes: 0 },
    createShowing: { actions: ["PutItem"], reads: 0, writes: 4 },
    getShowing: { actions: ["GetItem"], reads: 1, writes: 0 },
    updateShowing: { actions: ["GetItem", "PutItem"], reads: 1, writes: 4 },
    deleteShowing: { actions: ["GetItem", "PutItem"], reads: 1, writes: 5 },
    restoreShowing: { actions: ["GetItem", "PutItem"], reads: 1, writes: 5 },
  });
  const [get] = showings.filter(({ id }) => id === "getShowing");
  expect(() => budgetOf({ ...get!, id: "confirmShowing" })).toThrow("confirmShowing needs a line");
});

test("a page of 25 properties: one Query, 2 read units, 12 KB, however it is sorted or filtered", async () => {
  for (const query of [
    {},
    { limit: "25" },
    { status: "sold", sort: "-price" },
    { status: "sold", sort: "price", min_price: "300000" },
  ]) {
    const { requests, answerBytes } = await call(listProperties, query);
    const [page, ...more] = requests.filter(({ action }) => action === "Query");
    expect(more).toEqual([]);
    expect(page!.readUnits, JSON.stringify(query)).toBeLessThanOrEqual(2);
    expect(answerBytes).toBeLessThanOrEqual(12 * 1024);
  }
});

test("a page of the public list: 12 KB and its budget where all is known of 25 listings with photos", async () => {
  const { slug, property_id } = await aPublicListing(world);
  const brokerage_id = String((await table.get(slugKey(slug)))!.id);
  const one = (await stored(propertyRecord, brokerage_id, property_id))!;
  const { newId } = invocation("test", null);
  const of = ["active", "under_offer"] as const;
  const known = { ...exampleOf(named("createProperty")), internet_display: true };
  await Promise.all(
    Array.from({ length: 60 }, (_, at) =>
      overwrite(propertyRecord, { ...one, ...known, id: newId(), status: of[at % 2]!, photo_id: newId() }),
    ),
  );
  const { requests, answerBytes } = await call(listPublicProperties);
  expect(requests.reduce((sum, { readUnits }) => sum + readUnits, 0)).toBeLessThanOrEqual(
    budgets.listPublicProperties!.reads,
  );
  expect(answerBytes).toBeLessThanOrEqual(12 * 1024);
});

test("a page of 25 clients likewise, and a client is written into all its lists for 8 units", async () => {
  const { id } = world.home.brokerage;
  const owned = { owner_user_id: world.home.users.admin.user.id as string, team_id: null };
  const units: number[] = [];
  for (let at = 0; at < 30; at++) {
    const body = {
      ...{ name: `Nora Lindqvist-${at}`, phone: `+1206555${1000 + at}`, nurture_status: "hot" as const },
      ...{ lead_source: "zillow", tags: ["relocating", "first home"] },
    };
    const invoked = invocation(owned.owner_user_id, "203.0.113.24");
    const client = newClient(body, owned, { now: invoked.now, by: owned.owner_user_id });
    // Without the email's lookup, which makes it a transaction.
    const fields = {
      ...client,
      email: `nora.${at}@lindqvist.example`,
      last_contacted_at: invoked.now.toISOString(),
    };
    const { record } = createRecord(clientRecord, id, fields, invoked);
    const { requests } = await meter(() => table.commit([{ Put: { Item: toItem(clientRecord, record) } }]));
    units.push(requests[0]!.writeUnits);
  }
  expect(Math.max(...units)).toBeLessThanOrEqual(8);
  for (const query of [{ nurture_status: "hot" }, { nurture_status: "hot", sort: "-lead_score" }]) {
    const { requests, answerBytes } = await call(listClients, query);
    const [page, ...more] = requests.filter(({ action }) => action === "Query");
    expect(more).toEqual([]);
    expect(page!.readUnits, JSON.stringify(query)).toBeLessThanOrEqual(2);
    expect(answerBytes).toBeLessThanOrEqual(12 * 1024);
  }
});

test("a page of events: its budget where every shard has more than a page, of events that say all they can", async () => {
  const { newId, now } = invocation("test", null);
  const at = now.toISOString();
  const about = {
    ...{ user_id: newId(), team_id: newId(), property_id: newId(), client_id: newId() },
    ...{ property_type: "house", city: "Seattle", source: "zillow", lead_score: 42 },
  } as const;
  const when = { arrived_at: at, occurred_at: at };
  await keep(Array.from({ length: 200 }, () => happened(world.home.brokerage.id, newId(), when, about)));
  const { requests } = await call(listAnalyticsEvents);
  const pages = requests.filter(({ action }) => action === "Query");
  expect(pages).toHaveLength(4);
  expect(pages.reduce((sum, { readUnits }) => sum + readUnits, 0)).toBeLessThanOrEqual(
    budgets.listAnalyticsEvents!.reads,
  );
});

test("an Idempotency-Key adds an item to the transaction and no request", async () => {
  const keyed = { calls: 0, idempotencyKey: "budget" };
  const { requests } = await measure(createProperty as unknown as Operation, world, keyed);
  expect(requests.map(({ action }) => action).sort()).toEqual(["BatchGetItem", "TransactWriteItems"]);
});

describe("sabotage: the budgets see", () => {
  test("one read more", async () => {
    const wasteful = withTable(getProperty as unknown as Operation, (table) => ({
      ...table,
      async get(key) {
        await table.get(key);
        return table.get(key);
      },
    }));
    expect(beyond(await call(wasteful), wasteful)).not.toEqual([]);
  });

  test("a list that reads whole records", async () => {
    const whole = withTable(listProperties as unknown as Operation, (table) => ({
      ...table,
      async query(input) {
        const page = await table.query(input);
        await table.getMany(page.items as never);
        return page;
      },
    }));
    expect(beyond(await call(whole), whole)).not.toEqual([]);
  });
});

/** In what a call went beyond its budget; the session's own read is nobody's. */
function beyond({ requests }: Cost, operation: Operation): string[] {
  const { actions, reads, writes } = budgetOf(operation);
  const session =
    operation.permission === "public" ? -1 : requests.findIndex(({ action }) => action === "BatchGetItem");
  const own = requests.filter((_, at) => at !== session);
  const sum = (of: "readUnits" | "writeUnits") => own.reduce((total, request) => total + request[of], 0);
  const asked = own.map(({ action }) => action).sort();
  return [
    ...(asked.join() === [...actions].sort().join() ? [] : [`asked for ${asked.join(" ")}`]),
    ...(sum("readUnits") <= reads ? [] : [`${sum("readUnits")} read units`]),
    ...(sum("writeUnits") <= writes ? [] : [`${sum("writeUnits")} write units`]),
  ];
}
