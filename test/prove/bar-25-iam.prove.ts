import { beforeAll, describe, expect, test } from "vitest";
import { operations } from "../answers.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { actionsOf, works, worksOff } from "./iam.ts";
import { otherWorkers, workers } from "./worker-cases.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

/** The read with which every HTTP function warms up in INIT; those that need none do without when it is denied. */
const warmUp = "dynamodb:GetItem";

describe("each role minus any one action fails its operation, and whole it does not", () => {
  test.each(operations.map((operation) => [operation.id, operation] as const))(
    "%s",
    async (id, operation) => {
      expect(await works(operation, "nothing", world), "with all its actions").toBe(true);
      const needless: string[] = [];
      for (const action of actionsOf(id)) if (await works(operation, action, world)) needless.push(action);
      expect(needless.filter((action) => operation.permission !== "public" || action !== warmUp)).toEqual([]);
    },
  );
});

describe("each role minus any one action fails its worker, and whole it does not", () => {
  const cases = Object.entries({ ...workers, ...otherWorkers });
  const ids = [...new Set(cases.map(([name]) => name.split(",")[0]!))];

  test.each(ids)("%s", async (id) => {
    const own = cases
      .filter(([name]) => name.split(",")[0] === id)
      .map(
        ([, prepare]) =>
          () =>
            prepare(world),
      );
    for (const prepare of own) expect(await worksOff(prepare, "nothing"), "with all its actions").toBe(true);
    const needless: string[] = [];
    for (const action of actionsOf(id)) {
      const ended = [];
      for (const prepare of own) ended.push(await worksOff(prepare, action));
      if (ended.every(Boolean)) needless.push(action);
    }
    expect(needless).toEqual([]);
  });
});
