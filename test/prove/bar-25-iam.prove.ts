import { beforeEach, describe, expect, test } from "vitest";
import { definitions } from "../../functions/index.ts";
import { operations } from "../answers.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { actionsOf, needlessFor, works, worksOff } from "./iam.ts";
import { otherWorkers, workers } from "./worker-cases.ts";

// Its sabotage twin, and the quick version, stand in test/contract/iam.test.ts.

// Each proof has a world of its own: a session token lives for 15 minutes, all of them together take longer.
let world: World;
beforeEach(async () => {
  world = await makeWorld();
});

describe("each role minus any one action fails its operation, and whole it does not", () => {
  test.each(operations.map((one) => [one.id, one] as const))("%s", async (id, operation) => {
    expect(await works(operation, "nothing", world), "with all its actions").toBe(true);
    expect(await needlessFor(operation, actionsOf(id), world)).toEqual([]);
  });
});

describe("each role minus any one action fails its worker, and whole it does not", () => {
  const cases = Object.entries({ ...workers, ...otherWorkers });
  const idOf = (name: string) => name.split(",")[0]!;

  test("no worker is left out", () => {
    const ids = definitions.filter(({ kind }) => kind !== "http").map(({ id }) => id);
    expect([...new Set(cases.map(([name]) => idOf(name)))].sort()).toEqual(ids.sort());
  });

  test.each([...new Set(cases.map(([name]) => idOf(name)))])("%s", async (id) => {
    const own = cases
      .filter(([name]) => idOf(name) === id)
      .map(
        ([, prepare]) =>
          () =>
            prepare(world),
      );
    for (const prepare of own) expect(await worksOff(prepare, "nothing"), "with all its actions").toBe(true);
    const needless: string[] = [];
    for (const action of actionsOf(id)) {
      const worked: boolean[] = [];
      for (const prepare of own) worked.push(await worksOff(prepare, action));
      if (worked.every(Boolean)) needless.push(action);
    }
    expect(needless).toEqual([]);
  });
});
