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
