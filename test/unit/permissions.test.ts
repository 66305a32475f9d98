import { describe, expect, test } from "vitest";
import { compare, sabotaged } from "../permissions/trials.ts";

const decisions = 2000;

test(`${decisions} random decisions and their lists are those of Cedar's engine`, () => {
  const { differences, kinds, listed } = compare(decisions);
  expect(differences).toEqual([]);
  // Every rule decided some of them.
  const rules = ["brokerage_scope", "owner", "team_scope", "shared", "shared_with_team", "listed"];
  expect(Object.keys(kinds).sort()).toEqual([...rules, "no_permission", "out_of_scope"].sort());
  expect(listed).toBeGreaterThan(50);
});

describe("sabotage: the comparison sees that", () => {
  test.each(Object.entries(sabotaged))("%s", (_, broken) => {
    expect(compare(decisions, broken).differences).not.toEqual([]);
  });
});
