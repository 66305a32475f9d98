import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { countView, linkItem, linkKey, newLink } from "../../shared/data/share-links.ts";
import type { UpdateWrite } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { takesIdempotencyKey } from "../../shared/entry/request.ts";
import { operations } from "../answers.ts";
import { unique } from "../cloud.ts";
import { makeWorld, rowOf, type World } from "../contract/rows.ts";
import { Subject } from "../contract/subject.ts";
import { inParallel } from "../identity-attacks.ts";
import { table } from "../in-process.ts";
import { behind, type ThrottledTable, throttledTable } from "../throttling.ts";
import { effects, onceInAWorld, snapshot } from "./snapshot.ts";
import { workedOff } from "./worker-cases.ts";

/** How often each operation is asked for while the table fails. */
const times = 5;

let faulty: ThrottledTable;
beforeAll(async () => {
  // As often as the SDK tries unless told.
  faulty = await throttledTable(3);
});
afterAll(() => faulty.close());

// Each proof has a world of its own: a session token lives for 15 minutes, all of them together take longer.
let world: World;
beforeEach(async () => {
  world = await makeWorld();
});

async function failing<T>(work: () => Promise<T>): Promise<T> {
  faulty.throttle(0.3);
  faulty.lose(0.05);
  try {
    return await work();
  } finally {
    faulty.throttle(0);
    faulty.lose(0);
  }
}

/** Calls an operation once, with a key of its own, and again until it is not busy. */
async function ask(operation: Operation, act: <T>(work: () => Promise<T>) => Promise<T>) {
  const params = workedOff[operation.id];
  const subject = new Subject(operation, world, params && { ...rowOf(operation), params });
  const [known, body] = [await subject.current(), await subject.example()];
  const call = await behind(faulty, operation);
  const key = takesIdempotencyKey(operation) ? unique() : undefined;
  const before = await snapshot();
  const { answer, wasBusy } = await act(async () => {
    for (let tries = 0; tries < 50; tries++) {
      const answer = await call(known, body, key);
      if (answer.status !== 503) return { answer, wasBusy: tries > 0 };
    }
    throw new Error(`${operation.id} stays busy`);
  });
  // Without a key, who was told "busy" asks for something new: it may have been done already.
  const mayBeDone = wasBusy && key === undefined && operation.method !== "GET";
  return { answer, mayBeDone, effects: effects(before, await snapshot()) };
}

describe("three calls in ten throttled, one answer in twenty lost: done once and whole, and never a 500", () => {
  test.each(operations.map((operation) => [operation.id, operation] as const))("%s", async (_, operation) => {
    const whole = await ask(operation, (work) => work());
    expect(whole.answer.status).toBe(operation.answer.status);
    for (let count = 0; count < times; count++) {
      if (onceInAWorld.includes(operation.id)) world = await makeWorld();
      const { answer, mayBeDone, effects } = await ask(operation, failing);
      if (mayBeDone) expect(answer.status, answer.text).toBeLessThan(500);
      else expect(answer.status, answer.text).toBe(operation.answer.status);
      // Signing in twice makes two sessions.
      if (operation.id !== "login" || !mayBeDone) expect(effects).toEqual(whole.effects);
    }
  });
});

describe("what is counted", () => {
  /**
   * A hundred views of a link, counted through the faults by `write`; one after the other, since a link remembers its
   * last view only: what is sent again after somebody else's view counts twice.
   */
  async function views(write: typeof countView): Promise<number> {
    const made = invocation("test", null);
    const link = newLink({ brokerage_id: made.newId(), cma_id: made.newId() }, 7, "test", made);
    await table.commit([{ Put: { Item: linkItem(link) } }]);
    const before = faulty.lost;
    await failing(() =>
      inParallel(100, 1, async () => {
        const { now, written } = invocation("test", null);
        for (;;)
          try {
            return await faulty.table.commit([write(link, now, written)]);
          } catch (error) {
            if (error instanceof Problem && error.code === "busy") continue;
            // The first try had its effect, and its answer was lost.
            if ((error as Error).name === "ConditionFailed") return;
            throw error;
          }
      }),
    );
    expect(faulty.lost).toBeGreaterThan(before);
    return Number((await table.get(linkKey(link)))?.views);
  }

  test("is counted once", async () => {
    expect(await views(countView)).toBe(100);
  });

  test("sabotage: a plain ADD counts some of it twice", async () => {
    const plain: typeof countView = (...asked) => {
      const { ConditionExpression: _, ...Update } = countView(...asked).Update;
      return { Update } as UpdateWrite;
    };
    expect(await views(plain)).toBeGreaterThan(100);
  });
});
