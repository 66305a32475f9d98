import { expect, test } from "vitest";
import { getMe } from "../../functions/identity/get-me.ts";
import { tokenRules } from "../../shared/entry/session.ts";
import { inProcess } from "../in-process.ts";
import { accepted, guarded, tokenCorpus } from "../token-trials.ts";

test("42 forged and 1,000 mutated tokens on every operation: none accepted", async () => {
  const { forged, mutated } = await tokenCorpus(1000);
  const tokens = [...Object.values(forged), ...mutated];
  for (const operation of guarded) expect(await accepted(operation, tokens)).toEqual([]);
});

test("sabotage: without a rule its forgery gets in", async () => {
  const { forged } = await tokenCorpus(0);
  const call = await inProcess(getMe);
  const rules = tokenRules as { -readonly [Rule in keyof typeof tokenRules]: string | undefined };
  for (const [rule, kinds] of [
    ["issuer", ["another issuer"]],
    ["audience", ["another audience"]],
    ["typ", ["another type"]],
  ] as const) {
    const kept = rules[rule];
    for (const kind of kinds) {
      expect((await call({ token: forged[kind]! })).status).toBe(401);
      rules[rule] = undefined;
      expect((await call({ token: forged[kind]! })).status).toBe(200);
      rules[rule] = kept;
    }
  }
});
