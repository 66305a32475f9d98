import { beforeEach, describe, expect, test, vi } from "vitest";
import { createBrokerage } from "../../functions/identity/create-brokerage.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { takesIdempotencyKey } from "../../shared/entry/request.ts";
import { operations } from "../answers.ts";
import { unique } from "../cloud.ts";
import { handlerOf } from "../contract/inside.ts";
import { makeWorld, rowOf, type World } from "../contract/rows.ts";
import { eventOf, goodRequest, Subject } from "../contract/subject.ts";
import { withTable } from "../in-process.ts";
import { dying } from "./crash.ts";
import type { Delivery } from "./deliveries.ts";
import { effects, onceInAWorld, snapshot } from "./snapshot.ts";
import { workedOff, workers } from "./worker-cases.ts";

// Each proof has a world of its own: a session token lives for 15 minutes, all of them together take longer.
let world: World;
beforeEach(async () => {
  world = await makeWorld();
});

// A message that proposes is a request to the assistant, which begins and ends: test/journeys/mcp-proposals.test.ts.
const writing = operations.filter(({ method, protocol }) => method !== "GET" && !protocol);

describe("an operation dies between any two writes: all or nothing, and the caller may ask again", () => {
  test.each(writing.map((operation) => [operation.id, operation] as const))("%s", async (_, operation) => {
    await dieEverywhere(operation);
  });

  test("sabotage: a transaction taken apart is seen", async () => {
    const apart = withTable(createBrokerage as unknown as Operation, (table) => ({
      ...table,
      async commit(writes) {
        for (const write of writes) await table.commit([write]);
      },
    }));
    await expect(dieEverywhere(apart)).rejects.toThrow("half of it");
  });
});

describe("a worker dies between any two writes: the next delivery ends as if nothing had been", () => {
  test.each(Object.entries(workers))("%s", async (_, prepare) => {
    await reviveEverywhere(() => prepare(world));
  });

  test("sabotage: a worker that forgets to write is seen", async () => {
    const forgetful = async () => {
      const job = await workers.runCma!(world);
      let deliveries = 0;
      return { ...job, deliver: async () => (++deliveries > 1 ? undefined : job.deliver()) };
    };
    await expect(reviveEverywhere(forgetful)).rejects.toThrow();
  });
});

/** How many writes of so many have been made when it dies. */
const deaths = (writes: number): number[] => Array.from({ length: writes + 1 }, (_, made) => made);

/**
 * What has another operation done in between, or writes each event by itself: half of it stands until it is asked again,
 * and then the whole.
 */
const inSteps = ["approveProposal", "undoProposal", "createAnalyticsEvents"];

async function dieEverywhere(operation: Operation): Promise<void> {
  const handler = await handlerOf(operation);
  const attempt = async (death?: number) => {
    const event = await eventFor(operation);
    const before = await snapshot();
    const writes = await dying(() => handler(event), death);
    return { event, before, writes, effects: effects(before, await snapshot()) };
  };
  const { writes, effects: whole } = await attempt();
  expect(whole, "it should have an effect").not.toEqual([]);
  for (const death of deaths(writes)) {
    const { event, before, effects: done } = await attempt(death);
    const place = `died after ${death} of ${writes} writes`;
    if (done.length > 0 && done.join() !== whole.join() && !inSteps.includes(operation.id))
      throw new Error(`${place}: half of it: ${done.join(", ")}; the whole is ${whole.join(", ")}`);
    const again = await handler(event);
    expect(again.status, `${place}, asked again: ${again.text}`).toBeLessThan(500);
    const repeats = takesIdempotencyKey(operation) || done.length === 0;
    if (repeats) expect(again.status, `${place}, asked again: ${again.text}`).toBe(operation.answer.status);
    if (inSteps.includes(operation.id)) expect(effects(before, await snapshot()), place).toEqual(whole);
  }
}

async function eventFor(operation: Operation) {
  if (onceInAWorld.includes(operation.id)) world = await makeWorld();
  const params = workedOff[operation.id];
  const row = params && { ...rowOf(operation), params };
  const subject = new Subject(operation, world, row);
  const idempotencyKey = takesIdempotencyKey(operation) ? unique() : undefined;
  const request = { ...(await goodRequest(operation, subject)), idempotencyKey };
  return eventOf(operation, request, await subject.current());
}

async function reviveEverywhere(prepare: () => Promise<Delivery>): Promise<void> {
  const live = async (death?: number) => {
    const { deliver, settled } = await prepare();
    const before = await snapshot();
    const writes = await dying(deliver, death);
    // What died held its lease for a minute: its message comes again after that.
    if (death !== undefined) vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    for (let again = 0; again < 3 && (death !== undefined || !(await settled())); again++) await deliver();
    vi.useRealTimers();
    expect(await settled(), `it has not ended after dying at write ${death}`).toBe(true);
    return { writes, effects: effects(before, await snapshot()) };
  };
  const { writes, effects: whole } = await live();
  expect(whole, "it should have an effect").not.toEqual([]);
  for (const death of deaths(writes))
    expect((await live(death)).effects, `died after ${death} of ${writes} writes`).toEqual(whole);
}
