import { expect, test } from "vitest";
import { requestPasswordReset } from "../../functions/identity/request-password-reset.ts";
import { emailKey } from "../../shared/data/users.ts";
import { inProcess } from "../in-process.ts";
import { askForResetOverHttp } from "../mail.ts";
import { timeGuesses } from "../sign-in-attacks.ts";

test("a reset for known and unknown emails: equal bytes, and the time tells nothing", async () => {
  const { auc, texts } = await timeGuesses(800, askForResetOverHttp);
  expect(texts).toHaveLength(1);
  expect(auc).toBeGreaterThan(0.45);
  expect(auc).toBeLessThan(0.55);
});

test("sabotage: when the request itself looks who has the email, the time tells it", async () => {
  const call = await inProcess({
    ...requestPasswordReset,
    async run(context) {
      if (await context.table.get(emailKey(context.body.email))) return requestPasswordReset.run(context);
      return { received: true as const };
    },
  } satisfies typeof requestPasswordReset);
  const { auc } = await timeGuesses(96, async (email, address) => {
    const { status, body } = await call({ body: { email }, address });
    return { status, text: JSON.stringify(body) };
  });
  expect(auc).toBeGreaterThan(0.9);
});
