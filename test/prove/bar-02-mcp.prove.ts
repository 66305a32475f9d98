import { expect, test } from "vitest";
import { makeWorld } from "../contract/rows.ts";
import type { Connected } from "../mcp.ts";
import { throughMcp } from "../mcp-calls.ts";
import { readCells } from "../mcp-cells.ts";
import { makeCallers } from "../permissions/callers.ts";
import { check } from "../permissions/matrix.ts";
import { inTurns } from "../permissions/run.ts";

test("every read through MCP, for everybody, of records of every kind of owner, is as the policies say", async () => {
  const world = await makeWorld();
  const stage = { world, ...(await makeCallers(world)) };
  const clients = new Map<string | undefined, Promise<Connected>>();
  const cells = readCells(stage);
  expect(cells.length).toBeGreaterThan(200);
  expect(await inTurns(cells, (cell) => check(cell, stage, throughMcp(clients)))).toEqual([]);
  for (const connecting of clients.values()) await (await connecting)[Symbol.asyncDispose]();
});
