import { afterAll, beforeAll, expect, test } from "vitest";
import { cloud } from "../cloud.ts";
import { makeWorld } from "../contract/rows.ts";
import { type Connected, connect, current } from "../mcp.ts";
import { keyOf, post, throughMcp } from "../mcp-calls.ts";
import { readCells, reads } from "../mcp-cells.ts";
import { makeCallers } from "../permissions/callers.ts";
import { leaksOf, plant } from "../permissions/foreign.ts";
import { check, type Send, type Stage } from "../permissions/matrix.ts";
import { inTurns } from "../permissions/run.ts";
import { anotherSession } from "../sessions.ts";

// The permission matrix of all reads that are tools, through POST /mcp.

let stage: Stage;
beforeAll(async () => {
  const world = await makeWorld();
  stage = { world, ...(await makeCallers(world)) };
});

const clients = new Map<string | undefined, Promise<Connected>>();
const send = throughMcp(clients);
afterAll(async () => {
  for (const connecting of clients.values()) await (await connecting)[Symbol.asyncDispose]();
});

test("reads, for everybody, of records of every kind of owner: as the policies say", async () => {
  // One in five; all of them in bar 2's proof.
  const some = readCells(stage).filter((_, at) => at % 5 === 0);
  expect(some.length).toBeGreaterThan(40);
  expect(await inTurns(some, (cell) => check(cell, stage, send))).toEqual([]);
});

test("a client of the office, and a key without ai:read, have no tool at all", async () => {
  const { client, admin } = stage.world.home.users;
  const { token } = await anotherSession(client);
  const { key } = await keyOf(admin, "task:read:brokerage");
  for (const who of [token, key])
    for (const method of ["tools/list", "server/discover", "tools/call"]) {
      const { status, body } = await post(who, current(method, { name: "tasks_list_tasks" }));
      expect([status, body.code]).toEqual([403, "forbidden"]);
    }
  await expect(connect(cloud.url, key)).rejects.toMatchObject({ status: 403 });
});

test("no read answers anything of another brokerage", async () => {
  const { world } = stage;
  const planted = await plant(world);
  for (const operation of reads) {
    const leaks = await leaksOf(operation, world, planted, {
      as: [world.home.users.admin],
      call: (asked, { params, query, token }) =>
        send(asked, { params: { ...query, ...params }, token, body: undefined, version: undefined }),
    });
    expect(leaks, operation.id).toEqual([]);
  }
});

test("sabotage: it is seen that somebody calls with another's rights", async () => {
  const { token } = await anotherSession(stage.world.home.users.admin);
  const asAdmin: Send = (operation, request) => send(operation, { ...request, token });
  const some = readCells(stage).filter(
    ({ operation, caller, about }) =>
      operation.id === "getTask" && caller.name === "agent" && about === "a colleague's",
  );
  expect(await inTurns(some, (cell) => check(cell, stage, send))).toEqual([]);
  expect(await inTurns(some, (cell) => check(cell, stage, asAdmin))).toEqual([
    "getTask by agent, a colleague's: 200 done instead of not_found",
  ]);
});
