import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { operations } from "../answers.ts";
import { makeWorld } from "../contract/rows.ts";
import { makeCallers } from "../permissions/callers.ts";
import { compareLists } from "../permissions/lists.ts";
import { cellsOf, check, type Stage } from "../permissions/matrix.ts";
import { rowOf } from "../permissions/rows.ts";
import { inTurns } from "../permissions/run.ts";
import { renew } from "../sessions.ts";

let stage: Stage;
beforeAll(async () => {
  const world = await makeWorld();
  stage = { world, ...(await makeCallers(world)) };
});

beforeEach(() => renew(stage.world.home.users.admin, stage.world.foreign.users.admin));

describe("each cell of the permission matrix, over HTTP, is as the policies say", () => {
  test.each(operations.map((operation) => [operation.id, operation] as const))(
    "%s",
    async (id, operation) => {
      // What belongs to the whole office is one record for all: one after the other.
      const atOnce = rowOf(id).on === "office" ? 1 : 6;
      expect(await inTurns(cellsOf(stage, [operation]), (cell) => check(cell, stage), atOnce)).toEqual([]);
    },
  );
});

test("lists show what may be read, and nothing else", async () => {
  expect(await compareLists(stage)).toEqual([]);
});
