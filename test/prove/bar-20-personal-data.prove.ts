import { beforeAll, beforeEach, expect, test } from "vitest";
import { operations } from "../answers.ts";
import { cloud } from "../cloud.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { sayNames, workOnNames } from "../names-everywhere.ts";
import { personalDataIn } from "../personal-data.ts";
import { renew } from "../sessions.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
beforeEach(() => renew(...Object.values(world.home.users)));

test.each(operations.map((operation) => [operation.id, operation] as const))(
  "%s keeps no personal data in a log or a queue, whatever is said",
  async (_, operation) => {
    await sayNames(operation, world);
    expect(personalDataIn(cloud.data)).toEqual([]);
  },
);

test("nor do workers and consumers, whatever they are given", async () => {
  await workOnNames(world);
  expect(personalDataIn(cloud.data)).toEqual([]);
});
