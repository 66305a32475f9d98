import { expect, test } from "vitest";
import { signUp } from "../cloud.ts";
import { unconditional } from "../in-process.ts";
import { attemptsAtOneAccount, limited, passedLimit, signInsFromOneAddress } from "../limits.ts";

test("of 500 sign-ins at once from one address exactly 100 are compared, and 400 are refused", async () => {
  expect(await signInsFromOneAddress(500)).toBe(100);
});

test("of 500 attempts at once at one account exactly ten pass", async () => {
  expect(await attemptsAtOneAccount(500)).toBe(10);
});

test.each(Object.keys(limited) as (keyof typeof limited)[])(
  "of 500 %s at once exactly 100 are let through, and 400 are told to wait",
  async (name) => {
    const { passed, refused } = await passedLimit(name, await signUp(), 500);
    expect([passed, refused]).toEqual([100, 400]);
  },
);

test("sabotage: without the counter's condition more pass", async () => {
  expect((await passedLimit("invitations", await signUp(), 150, unconditional)).passed).toBe(150);
});
