import { beforeAll, expect, test } from "vitest";
import { operations } from "../answers.ts";
import { actionsOf, needlessFor, works } from "../prove/iam.ts";
import { sample } from "../prove/one-action-less.ts";
import { makeWorld, type World } from "./rows.ts";

// The quick version of bar 25, for some roles; test/prove/bar-25-iam.prove.ts takes all.

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const some = operations.filter(({ id }) => sample.includes(id));

test.each(some.map((one) => [one.id, one] as const))(
  "%s needs each of its actions",
  async (id, operation) => {
    expect(await works(operation, "nothing", world), "with all its actions").toBe(true);
    expect(await needlessFor(operation, actionsOf(id), world)).toEqual([]);
  },
);

test("sabotage: a role that is denied nothing is seen", async () => {
  expect(await needlessFor(some[0]!, ["nothing"], world)).toEqual(["nothing"]);
});
