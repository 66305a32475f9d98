import { expect, test } from "vitest";
import { askWithCache, endRights } from "../identity-attacks.ts";

test("1,000 sign-outs, deactivations and role changes: the next request knows each", async () => {
  expect(await endRights(1000)).toBe(1000);
});

test("sabotage: with a cache of sessions and users it knows none", async () => {
  expect(await endRights(60, await askWithCache())).toBe(0);
});
