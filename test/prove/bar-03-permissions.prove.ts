import { expect, test } from "vitest";
import { compare, sabotaged } from "../permissions/trials.ts";

const decisions = 200_000;

test(`${decisions} random decisions and their lists are those of Cedar's engine`, () => {
  const { differences, kinds, listed } = compare(decisions);
  expect(differences).toEqual([]);
  console.log(`decisions by rule: ${JSON.stringify(kinds)}; ${listed} entries in lists`);
});

test.each(Object.entries(sabotaged))("sabotage: it is seen that %s", (_, broken) => {
  expect(compare(5000, broken).differences).not.toEqual([]);
});
