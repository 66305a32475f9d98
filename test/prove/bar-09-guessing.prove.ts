import { expect, test } from "vitest";
import { login } from "../../functions/identity/login.ts";
import { inProcess, unconditional, withTable } from "../in-process.ts";
import { guessFromEverywhere } from "../sign-in-attacks.ts";

test("10,000 guesses from 1,000 addresses: ten hashes at most, and the owner still gets in", async () => {
  const { hashesPerWindow, owner } = await guessFromEverywhere(10_000, 1_000);
  expect(hashesPerWindow).toBeLessThanOrEqual(10);
  expect(hashesPerWindow).toBeGreaterThan(0);
  expect(owner).toBe(200);
});

test("sabotage: without the counter's condition every guess is hashed", async () => {
  const call = await inProcess(withTable(login, unconditional));
  const { hashesPerWindow } = await guessFromEverywhere(40, 40, async (email, address) => {
    const { status } = await call({ body: { email, password: "not the password" }, address });
    return { status, text: "" };
  });
  expect(hashesPerWindow).toBeGreaterThan(10);
});
