import { expect, test } from "vitest";
import { fitMarkets } from "../../functions/cma/fit-markets.ts";
import { createRecord } from "../../shared/data/records.ts";
import { brokerageRecord, newBrokerage } from "../../shared/domain/brokerage.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { unique } from "../cloud.ts";
import { table } from "../in-process.ts";

const brokerages = 1000;

test(`a refit reaches each of ${brokerages} brokerages, though deliveries die on the way and come again`, async () => {
  const invoked = invocation("test", null);
  const ids = Array.from({ length: brokerages }, invoked.newId);
  for (let from = 0; from < ids.length; from += 50) {
    const some = ids.slice(from, from + 50).flatMap((id) => {
      const named = newBrokerage({ id, name: "One of a thousand", slug: `scale-${unique()}` });
      return createRecord(brokerageRecord, id, named, invoked).writes;
    });
    await table.commit(some);
  }

  const reached = new Map<string, number>();
  let died = 0;
  /** Delivers a message as the queue does: again until a delivery has lived. */
  async function deliver(
    message: Parameters<typeof fitMarkets.run>[0]["message"],
    deliveries = 1,
  ): Promise<void> {
    const next: (typeof message)[] = [];
    let sends = 0;
    const send = async (sent: object) => {
      // Every page dies once, half-way through.
      if (deliveries === 1 && ++sends === 50) throw new Error("died");
      if ("brokerage_id" in sent)
        reached.set(String(sent.brokerage_id), (reached.get(String(sent.brokerage_id)) ?? 0) + 1);
      else next.push(fitMarkets.message.parse(JSON.parse(JSON.stringify(sent))));
    };
    try {
      await fitMarkets.run({
        ...invocation("fitMarkets", null),
        ...{ table, queue: { send }, message, lastTry: false, secondsLeft: 120 },
      });
    } catch (error) {
      if ((error as Error).message !== "died") throw error;
      died++;
      return deliver(message, deliveries + 1);
    }
    for (const page of next) await deliver(page);
  }
  const begun = performance.now();
  await deliver({ brokerages_from: null });
  const seconds = (performance.now() - begun) / 1000;
  expect(ids.filter((id) => !reached.has(id))).toEqual([]);
  expect(died).toBeGreaterThanOrEqual(brokerages / 100 - 1);
  console.log(
    `${reached.size} brokerages reached in ${died} pages and ${seconds.toFixed(1)} s of the worker's own`,
  );
});
