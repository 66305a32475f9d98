import { beforeAll, expect, test } from "vitest";
import { problemCodes } from "../../infra/documents/problems.ts";
import { operations } from "../answers.ts";
import { stackCodes } from "../client.ts";
import { showings } from "../showings.ts";
import { exampleOf, makers } from "./makers.ts";
import { bodyFor, defaultRow, makeWorld, rows, type World } from "./rows.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

test("every operation can be called by its declaration or its row, and no row says what need not be said", async () => {
  const admin = world.home.users.admin;
  const needed = new Set(Object.keys(rows));
  for (const operation of operations) {
    const row = rows[operation.id];
    const { params, once } = defaultRow(operation);
    if (!row) continue;
    expect(Object.values(row), operation.id).not.toEqual([]);
    if (row.params) expect(row.params, operation.id).not.toBe(params);
    if (row.once) expect(once, operation.id).toBeUndefined();
    if (row.body) expect(await bodyFor(operation, world, admin)).not.toEqual(exampleOf(operation));
    needed.delete(operation.id);
  }
  expect([...needed], "rows of no operation").toEqual([]);
  const paths = operations.map(({ path }) => path).join();
  for (const param of Object.keys(makers)) expect(paths).toContain(`{${param}}`);
});

test("a new type of record needs no row, and what nothing makes fails", async () => {
  const rows = showings.map((operation) => defaultRow(operation, showings));
  expect(rows.map(({ once, ...row }) => [...Object.keys(row), once ?? false])).toEqual([
    [false],
    [false],
    ["params", false],
    ["params", false],
    ["params", false],
    ["params", true],
  ]);
  const [get] = showings.filter(({ id }) => id === "getShowing");
  expect(() => defaultRow(get!, [get!])).toThrow("Nothing makes the showing_id of /v1/showings/{showing_id}");
});

test("the test client knows every problem that an operation answers", () => {
  for (const operation of operations)
    expect([...stackCodes, ...(operation.problems ?? [])], operation.id).toEqual(
      expect.arrayContaining(problemCodes(operation)),
    );
});
