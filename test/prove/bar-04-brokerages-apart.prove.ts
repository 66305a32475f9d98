import { beforeAll, beforeEach, expect, test } from "vitest";
import { operations } from "../answers.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { leaksOf, type Planted, plant } from "../permissions/foreign.ts";
import { renew } from "../sessions.ts";

let world: World;
let planted: Planted;
beforeAll(async () => {
  world = await makeWorld();
  planted = await plant(world);
});

beforeEach(() => renew(...Object.values(world.home.users)));

test.each(operations.map((operation) => [operation.id, operation] as const))(
  "%s answers nothing of another brokerage, whoever asks and however",
  async (_, operation) => {
    expect(await leaksOf(operation, world, planted)).toEqual([]);
  },
);
