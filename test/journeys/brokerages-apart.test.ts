import { beforeAll, describe, expect, test } from "vitest";
import type { Table } from "../../shared/data/table.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { named, operations } from "../answers.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { inProcess, withTable } from "../in-process.ts";
import { type Call, leaksOf, type Planted, plant } from "../permissions/foreign.ts";

let world: World;
let planted: Planted;
beforeAll(async () => {
  world = await makeWorld();
  planted = await plant(world);
});

const reads = operations.filter(({ method }) => method === "GET");

test.each(reads.map((operation) => [operation.id, operation] as const))(
  "%s answers nothing of another brokerage",
  async (_, operation) => {
    expect(await leaksOf(operation, world, planted, { as: [world.home.users.admin] })).toEqual([]);
  },
);

describe("sabotage: it is seen that", () => {
  /** What leaks of an operation whose table looks into the other brokerage. */
  async function leaksWith(operation: Operation, change: (table: Table) => Table): Promise<string[]> {
    const handler = await inProcess(withTable(operation, change));
    const call: Call = (_, { token, params, body }) =>
      handler({ params, body, headers: { "if-match": '"1"' }, ...(token && { token }) });
    return leaksOf(operation, world, planted, { call, as: [world.home.users.admin] });
  }
  const abroad = <T>(asked: T): T =>
    JSON.parse(JSON.stringify(asked).replaceAll(world.home.brokerage.id, world.foreign.brokerage.id));

  test("a list reads another brokerage", async () => {
    const leaks = await leaksWith(named("listTasks"), (table) => ({
      ...table,
      query: (input) => table.query(abroad(input)),
    }));
    expect(leaks.join()).toContain("GET /v1/tasks by admin: 200");
  });

  test("a record is read by its id alone", async () => {
    const leaks = await leaksWith(named("getTask"), (table) => ({
      ...table,
      get: (key) => table.get(abroad(key)),
    }));
    expect(leaks.join()).toContain("GET /v1/tasks/{task_id} by admin: 200");
  });
});
