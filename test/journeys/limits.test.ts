/** Bar 24 without the hashing: `npm run prove` signs in as often. */
import { expect, test } from "vitest";
import { table, unconditional } from "../in-process.ts";
import { attemptsAtOneAccount, attemptsFromOneAddress } from "../limits.ts";

test("of 500 password attempts at once from one address exactly 100 pass, of 50 at one account exactly 10", async () => {
  expect(await attemptsFromOneAddress(500)).toBe(100);
  expect(await attemptsAtOneAccount(50)).toBe(10);
});

test("sabotage: without the counter's condition all of them pass", async () => {
  expect(await attemptsFromOneAddress(120, unconditional(table))).toBe(120);
});
