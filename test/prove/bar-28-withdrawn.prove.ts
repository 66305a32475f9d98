import { expect, test } from "vitest";
import { askWithCache, withdrawals, withdrawn } from "../withdrawals.ts";

const kinds = Object.keys(withdrawals) as (keyof typeof withdrawals)[];

test.each(kinds)("withdrawn 100 times, refused 100 times from the next request on: %s", async (kind) => {
  expect(await withdrawn(kind, 100)).toBe(100);
});

test.each(kinds)("sabotage: with a cache it is not: %s", async (kind) => {
  expect(await withdrawn(kind, 5, await askWithCache())).toBe(0);
});
