import { setImmediate as soon } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { eachOf } from "../../shared/entry/each-of.ts";

test("a record that fails does not keep the rest, and the alarm hears of it", async () => {
  const done: unknown[] = [];
  const work = async (id: number) => {
    if (id === 2) throw new Error("stuck");
    done.push(id);
  };
  const lines = vi.spyOn(console, "log").mockReturnValue();
  const named = (id: number) => ({ entity: "task", id });
  await expect(eachOf([1, 2, 3], named, work)).rejects.toThrow("1 of 3 records failed");
  expect(done).toEqual([1, 3]);
  const said = lines.mock.calls.map(([line]) => JSON.parse(line));
  expect(said).toMatchObject([{ code: "record_stuck", entity: "task", id: 2, message: "stuck" }]);
});

test("four at the same time at most, each once, also after one of an earlier page has failed", async () => {
  async function* pages() {
    for (let page = 0; page < 5; page++) {
      await soon();
      yield* [1, 2, 3].map((place) => page * 3 + place);
    }
  }
  let [now, most] = [0, 0];
  const done: number[] = [];
  const work = async (id: number) => {
    most = Math.max(most, ++now);
    await soon();
    now--;
    if (id === 2) throw new Error("stuck");
    done.push(id);
  };
  vi.spyOn(console, "log").mockReturnValue();
  await expect(eachOf(pages(), (id) => ({ id }), work, 4)).rejects.toThrow("1 of 15 records failed");
  expect(done.sort((a, b) => a - b)).toEqual([1, ...Array.from({ length: 13 }, (_, at) => at + 3)]);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(4);
});

test("a list that cannot be read is an error", async () => {
  async function* broken() {
    yield 1;
    throw new Error("no answer");
  }
  const work = async () => {};
  await expect(eachOf(broken(), () => ({}), work, 4)).rejects.toThrow("no answer");
});
