import { expect, test } from "vitest";
import { eachOf } from "../../shared/entry/each-of.ts";

test("a record that fails does not keep the rest, and the alarm hears of it", async () => {
  const done: unknown[] = [];
  const records = [1, 2, 3].map((id) => ({ pk: "p", sk: String(id), id }));
  const work = async ({ id }: Record<string, unknown>) => {
    if (id === 2) throw new Error("stuck");
    done.push(id);
  };
  await expect(eachOf(records, work)).rejects.toThrow("1 of 3 records failed");
  expect(done).toEqual([1, 3]);
});
