import { expect, test } from "vitest";
import { attemptsAtOneAccount, signInsFromOneAddress } from "../limits.ts";

test("of 500 sign-ins at once from one address exactly 100 are compared, and 400 are refused", async () => {
  expect(await signInsFromOneAddress(500)).toBe(100);
});

test("of 500 attempts at once at one account exactly ten pass", async () => {
  expect(await attemptsAtOneAccount(500)).toBe(10);
});
