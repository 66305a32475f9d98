import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getProperty } from "../../functions/properties/get-property.ts";
import { signDashboardToken } from "../../shared/data/dashboard-links.ts";
import { photoToken } from "../../shared/data/photos.ts";
import { linkToken } from "../../shared/data/share-links.ts";
import type { Table } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { checkAnswer, named, operations, type RawAnswer, responseValidator } from "../answers.ts";
import { signUp, unique } from "../cloud.ts";
import { bodyFor, makeWorld, type World } from "../contract/rows.ts";
import { Subject } from "../contract/subject.ts";
import { inProcess, withTable } from "../in-process.ts";
import { house, readAll } from "../properties.ts";
import { behind, type ThrottledTable, throttledTable } from "../throttling.ts";

let world: World;
let throttled: ThrottledTable;
beforeAll(async () => {
  [world, throttled] = await Promise.all([makeWorld(), throttledTable()]);
});
afterAll(() => throttled.close());

function expectBusy(operation: Operation, { status, headers, text }: RawAnswer): void {
  expect([status, JSON.parse(text).code]).toEqual([503, "busy"]);
  expect(headers.get("retry-after")).toMatch(/^[1-9]\d?$/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  const isDocumented = responseValidator(operation, 503, "application/problem+json");
  expect(isDocumented(JSON.parse(text))).toBe(true);
}

describe("with every call throttled", () => {
  const absent = "019c3b5e-8a40-7d1c-9f2e-000000000000";
  const link = { brokerage_id: absent, cma_id: absent, id: absent };
  const reader = { brokerage_id: absent, user_id: absent, session_id: absent };
  const tokens: Readonly<Record<string, () => string>> = {
    getPhoto: () => photoToken({ brokerage_id: absent, id: absent }, "k"),
    getSharedReport: () => linkToken(link, "k"),
    getDashboard: () => signDashboardToken(reader, new Date(Date.now() + 60_000), "k"),
  };
  const readNothing = ["getOpenapi", "getDocs"];

  test.each(operations.map((operation) => [operation.id, operation] as const))(
    "%s is busy",
    async (id, operation) => {
      const caller = world.home.users.admin;
      const body = await bodyFor(operation, world, caller);
      const call = await behind(throttled, operation);
      throttled.throttle(1);
      const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
      const params = Object.fromEntries(
        names.map((name) => [name, name === "token" ? tokens[id]!() : absent]),
      );
      const answer = await call({ caller, params, version: "1" }, body);
      throttled.throttle(0);
      if (readNothing.includes(id)) expect(answer.status).toBe(200);
      else expectBusy(operation, answer);
    },
  );
});

describe("with every call of one kind throttled, busy; then what was asked for", () => {
  test.each([
    ["getHealth", "GetItem"],
    ["getProperty", "GetItem"],
    ["getMe", "BatchGetItem"],
    ["getCma", "BatchGetItem"],
    ["listProperties", "Query"],
    ["listPropertyHistory", "Query"],
    ["listSessions", "Query"],
    ["login", "UpdateItem"],
    ["logout", "UpdateItem"],
    ["updateMe", "PutItem"],
    ["createProperty", "PutItem"],
    ["deleteProperty", "PutItem"],
    ["createMedia", "TransactWriteItems"],
    ["createBrokerage", "TransactWriteItems"],
  ])("%s: %s", async (id, action) => {
    const operation = named(id);
    const subject = new Subject(operation, world);
    const [known, body] = [await subject.current(), await subject.example()];
    const call = await behind(throttled, operation);
    const send = () => call(known, body);
    throttled.throttle(1, action);
    const before = throttled.throttled;
    // One for each way in which DynamoDB says it.
    for (let kind = 0; kind < 5; kind++) expectBusy(operation, await send());
    expect(throttled.throttled).toBeGreaterThanOrEqual(before + 5);
    throttled.throttle(0);
    expect((await send()).status).toBe(operation.answer.status);
  });
});

/** Twenty homes made, changed and half of them deleted, each call sent again until it is not busy. Answers what stands. */
async function life(change?: (table: Table) => Table) {
  const admin = await signUp();
  const [create, update, remove] = await Promise.all(
    ["createProperty", "updateProperty", "deleteProperty"].map((id) => behind(throttled, named(id), change)),
  );
  const done = async (operation: Operation, send: () => Promise<RawAnswer>) => {
    for (let tries = 0; tries < 100; tries++) {
      const answer = await send();
      if (answer.status === 503) expectBusy(operation, answer);
      else {
        checkAnswer(operation.method, operation.path.replace(/\{\w+\}/, "x"), answer);
        expect(answer.status, answer.text).toBe(operation.answer.status);
        return answer.text && JSON.parse(answer.text);
      }
    }
    throw new Error(`${operation.id} was never done`);
  };
  const home = async (number: number) => {
    const at = (property_id: string, version: string) => ({
      caller: admin,
      params: { property_id },
      version,
    });
    const keys = [unique(), unique(), unique()];
    const body = { ...house, title: `Home ${number}` };
    const { id } = await done(named("createProperty"), () =>
      create!({ caller: admin, params: {}, version: undefined }, body, keys[0]),
    );
    const changed = await done(named("updateProperty"), () =>
      update!(at(id, "1"), { price: 600_000 + number }, keys[1]),
    );
    expect(changed.version).toBe(2);
    if (number % 2 === 0) await done(named("deleteProperty"), () => remove!(at(id, "2"), undefined, keys[2]));
  };
  throttled.throttle(0.3);
  try {
    await Promise.all(Array.from({ length: 20 }, (_, number) => home(number)));
  } finally {
    throttled.throttle(0);
  }
  return (await readAll("/v1/properties", admin.token)).map(
    ({ title, price, version }) => `${title} ${price} ${version}`,
  );
}

test("with three calls in ten throttled nothing is lost or doubled, and nothing is a 500", async () => {
  const before = throttled.throttled;
  const odd = Array.from({ length: 10 }, (_, half) => 2 * half + 1);
  expect((await life()).sort()).toEqual(odd.map((number) => `Home ${number} ${600_000 + number} 2`).sort());
  expect(throttled.throttled - before).toBeGreaterThan(30);
});

test("a table whose answers are lost is busy, in reads and in writes", async () => {
  for (const id of ["getProperty", "createProperty"]) {
    const operation = named(id);
    const subject = new Subject(operation, world);
    const [known, body] = [await subject.current(), await subject.example()];
    const call = await behind(throttled, operation);
    throttled.lose(1);
    const answer = await call(known, body).finally(() => throttled.lose(0));
    expectBusy(operation, answer);
  }
});

test("a request that waits for the table until its time is nearly over is busy", async () => {
  let isSilent = false;
  const sometimesSilent = withTable(getProperty as unknown as Operation, (real) => ({
    ...real,
    get: (key) => (isSilent ? new Promise(() => {}) : real.get(key)),
  }));
  const call = await inProcess(sometimesSilent);
  isSilent = true;
  const params = { property_id: world.home.brokerage.id };
  const { status, headers, body } = await call({ token: world.home.users.admin.token, params, left: 300 });
  expect([status, body.code]).toEqual([503, "busy"]);
  expect(headers.get("retry-after")).toMatch(/^[1-9]\d?$/);
});

test("sabotage: a throttled call that is an error like any other is a 500", async () => {
  const unmapped = (table: Table): Table => {
    const plain = (error: unknown) => {
      throw error instanceof Problem ? new Error("ThrottlingException") : error;
    };
    return {
      get: (key) => table.get<never>(key).catch(plain),
      getMany: (keys) => table.getMany(keys).catch(plain),
      query: (input) => table.query(input).catch(plain),
      commit: (writes) => table.commit(writes).catch(plain),
    };
  };
  await expect(life(unmapped)).rejects.toThrow("500: the service failed");
});
