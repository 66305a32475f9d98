import { beforeAll, describe, expect, test } from "vitest";
import type { Operation } from "../../shared/entry/definition.ts";
import { named } from "../answers.ts";
import { makeWorld } from "../contract/rows.ts";
import { inProcess } from "../in-process.ts";
import { makeCallers } from "../permissions/callers.ts";
import { compareLists } from "../permissions/lists.ts";
import { cellsOf, check, type Send, type Stage } from "../permissions/matrix.ts";
import { inTurns } from "../permissions/run.ts";

let stage: Stage;
beforeAll(async () => {
  const world = await makeWorld();
  stage = { world, ...(await makeCallers(world)) };
});

test("120 cells of the permission matrix, evenly over it, are as the policies say", async () => {
  const cells = cellsOf(stage);
  const some = Array.from({ length: 120 }, (_, at) => cells[Math.floor((at * cells.length) / 120)]!);
  expect(await inTurns(some, (cell) => check(cell, stage))).toEqual([]);
});

test("lists show what may be read, and nothing else", async () => {
  expect(await compareLists(stage, { filtered: false })).toEqual([]);
});

describe("sabotage: the matrix sees", () => {
  /** What the matrix finds of an operation that is served with a change. */
  async function found(id: string, change: Partial<Operation>): Promise<string[]> {
    const operation = named(id);
    const call = await inProcess({ ...operation, ...change });
    const send: Send = (_, { token, params, body, version }) =>
      call({
        ...{ params, body, headers: version === undefined ? {} : { "if-match": `"${version}"` } },
        ...(token === undefined ? {} : { token }),
      });
    const cells = cellsOf(stage, [operation]).filter(({ about }) => ["own", "a colleague's"].includes(about));
    return inTurns(cells, (cell) => check(cell, stage, send));
  }

  test("nothing where nothing is changed", async () => {
    expect(await found("updateTask", {})).toEqual([]);
  });

  test("another permission", async () => {
    expect(await found("updateTask", { permission: "task:read" })).toContain(
      "updateTask by client, own: 200 done instead of forbidden",
    );
  });

  test("an API key where only people may", async () => {
    expect(await found("deleteSession", { permission: "task:read" })).toContain(
      "deleteSession by API key, own: 204 done instead of forbidden",
    );
  });

  test("a record that nobody checks", async () => {
    const { record } = named("updateTask");
    const unchecked = {
      ...record!,
      load: async (...asked: Parameters<NonNullable<typeof record>["load"]>) => {
        const found = await record!.load(...asked);
        return found && { ...found, guarded: { owner_user_id: asked[3] } };
      },
    };
    expect(await found("updateTask", { record: unchecked })).toContain(
      "updateTask by agent, a colleague's: 200 done instead of not_found",
    );
  });
});
