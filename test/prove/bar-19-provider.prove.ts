import { expect, test } from "vitest";
import { readBudgets } from "../../shared/data/ai-budget.ts";
import { asked, question, withModel } from "../ai/asking.ts";
import { hangs, mishaps, says, unreliable } from "../ai/step.ts";
import { client, ok } from "../client.ts";
import { brokerageOf, signUp } from "../cloud.ts";
import { table } from "../in-process.ts";

/** What the worker's function may take in the patched cloud that prove-rest runs, and a margin. */
const seconds = 200;

test("a provider that fails half the time, is slow, or talks nonsense: 100 requests end in time, in budget, with a clear status", async () => {
  const office = await signUp();
  const { token } = office;
  const { version } = await ok(client.getBrokerage({ token }));
  const limit = 3;
  const ai_budget = { brokerage_usd_per_month: limit, user_usd_per_month: limit };
  await ok(client.updateBrokerage({ token, version, body: { ai_budget } }));
  const slow = says("Slowly", { after: 3000 });
  const script = unreliable(() => says("Hello"), { seed: 7, share: 0.5, by: [...mishaps, slow, hangs] });
  const spent = async () =>
    (await readBudgets(table, brokerageOf(office), office.user.id, new Date())).brokerage;

  await withModel(script, async (model) => {
    const results: { status: string; reason: string | null; took: number }[] = [];
    const one = async () => {
      const began = Date.now();
      const { status, reason } = await asked(office, question(`Hello ${model.to}`), seconds);
      results.push({ status, reason, took: Date.now() - began });
    };
    let left = 100;
    const worker = async () => {
      while (left-- > 0) await one();
    };
    await Promise.all(Array.from({ length: 10 }, worker));

    const of = (status: string) => results.filter((one) => one.status === status);
    console.log(`${of("completed").length} completed, ${of("failed").length} failed`);
    expect(results).toHaveLength(100);
    expect(of("completed").length).toBeGreaterThan(20);
    for (const { status, reason } of results)
      expect(
        status === "completed" ? reason === null : status === "failed" && !!reason,
        `${status} ${reason}`,
      ).toBe(true);
    expect(Math.max(...results.map(({ took }) => took))).toBeLessThan(seconds * 1000);
    const { spent: micros, reserved } = await spent();
    expect(micros).toBeGreaterThan(0);
    expect(micros + reserved).toBeLessThanOrEqual(limit * 1e6);
  });
});
