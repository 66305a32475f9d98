import { beforeEach, expect, test } from "vitest";
import { operations } from "../answers.ts";
import { fuzz } from "../contract/fuzz.ts";
import { makeWorld, type World } from "../contract/rows.ts";

const runs = 10_000;

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});

// Its sabotage twins stand in test/contract/fuzz.test.ts.
test.each(operations.map((operation) => [operation.id, operation] as const))(
  "10,000 mutated requests: %s",
  async (_, operation) => {
    const { accepted, refused } = await fuzz(operation, world, runs);
    expect(accepted + refused).toBe(runs);
    expect(Math.min(accepted, refused)).toBeGreaterThan(0);
  },
);
