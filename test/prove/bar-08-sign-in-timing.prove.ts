import { expect, test } from "vitest";
import { login } from "../../functions/identity/login.ts";
import { emailKey } from "../../shared/data/users.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { inProcess } from "../in-process.ts";
import { timeGuesses } from "../sign-in-attacks.ts";

test("known and unknown emails: equal bytes, and the time tells nothing", async () => {
  const { auc, texts } = await timeGuesses(800);
  expect(texts).toHaveLength(1);
  expect(auc).toBeGreaterThan(0.45);
  expect(auc).toBeLessThan(0.55);
});

test("sabotage: without the hash for nobody the time tells all", async () => {
  const call = await inProcess({
    ...login,
    async run(context) {
      if (await context.table.get(emailKey(context.body.email))) return login.run(context);
      throw new Problem("wrong_credentials");
    },
  } satisfies typeof login);
  const { auc } = await timeGuesses(24, async (email, address) => {
    const { status, body } = await call({ body: { email, password: "not the password" }, address });
    return { status, text: body.code };
  });
  expect(auc).toBeGreaterThan(0.9);
});
