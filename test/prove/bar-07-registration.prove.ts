import { expect, test } from "vitest";
import { registerClient } from "../../functions/identity/register-client.ts";
import { registerAtOnce } from "../identity-attacks.ts";
import { inProcess, unconditional, withTable } from "../in-process.ts";

test("200 registrations of one email at once: one wins", async () => {
  expect(await registerAtOnce(200)).toEqual({ created: 1, taken: 199, users: 1 });
});

test("sabotage: without the guard's condition many win", async () => {
  const call = await inProcess(withTable(registerClient, unconditional));
  const { created, users } = await registerAtOnce(40, (body) => call({ body }));
  expect(created).toBeGreaterThan(1);
  expect(users).toBe(created);
});
