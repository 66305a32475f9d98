import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { readBudgets } from "../../shared/data/ai-budget.ts";
import { workKey } from "../../shared/data/ai-requests.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import type { Item, Key } from "../../shared/data/table.ts";
import { aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { question, withModel } from "../ai/asking.ts";
import { says } from "../ai/step.ts";
import { client, ok } from "../client.ts";
import { brokerageOf, cloud, signUp } from "../cloud.ts";
import { table } from "../in-process.ts";
import { anotherSession } from "../sessions.ts";
import { killJobs } from "./kill-jobs.ts";

/** A request's work once its last call is settled: by its worker, or, where that was killed, by the schedule a while later. */
async function settledWork(key: Key): Promise<Item> {
  for (;;) {
    const work = (await table.get(key))!;
    if (!work.open) return work;
    await sleep(5_000);
    await cloud.fire("expireUnfinished");
  }
}

test("the assistant's worker is killed 100 times mid-call: each request has one result, and no call is paid without being counted", async () => {
  const office = await signUp();
  const brokerage_id = brokerageOf(office);
  await withModel(
    () => says("Hello", { after: 300 }),
    async (model) => {
      const { records, deaths } = await killJobs(100, {
        worker: "runAiRequest",
        atOnce: 8,
        async start() {
          const { token } = await anotherSession(office);
          const { id } = await ok(client.createAiRequest({ token, body: question(`Hello ${model.to}`) }));
          return recordKey(brokerage_id, aiRequestRecord, id);
        },
        hasEnded: ({ status }) => status === "completed" || status === "failed",
        milliseconds: 300,
      });
      let [attempts, cost] = [0, 0];
      for (const { id, status, reason, response_payload, started_at, completed_at } of records) {
        const work = await settledWork(workKey(brokerage_id, String(id)));
        attempts += Number(work.attempts);
        cost += Number(work.cost_micros);
        if (status === "completed") {
          expect(response_payload).toMatchObject({ message: "Hello" });
          continue;
        }
        // It was killed again and again until its three minutes had no room for another call.
        expect(reason).toContain("within 3 minutes");
        const lasted = Date.parse(String(completed_at)) - Date.parse(String(started_at));
        expect(lasted).toBeGreaterThan((3 * 60 - 12) * 1000);
      }
      const completed = records.filter(({ status }) => status === "completed").length;
      console.log(`${records.length} requests (${completed} completed), ${deaths} kills, ${attempts} calls`);
      expect(deaths).toBeGreaterThanOrEqual(100);
      // How many depends on the machine: the eight that are open when the 100th kill comes are left alone.
      expect(completed).toBeGreaterThan(0);
      // Each call was written before it was made: one at most for each kill of each request beside its own.
      expect(model.requests.length).toBeLessThanOrEqual(attempts);
      const { brokerage } = await readBudgets(table, brokerage_id, office.user.id, new Date());
      expect(brokerage).toEqual({ spent: cost, reserved: 0 });
    },
  );
});
