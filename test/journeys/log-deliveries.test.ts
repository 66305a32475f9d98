import { expect, test } from "vitest";
import type { Write } from "../../shared/data/table.ts";
import { keepCopy } from "../copies.ts";
import { exactLog } from "../log-deliveries.ts";

test("records of the stream, twice and in disorder, over three shards at once: each once in the log", async () => {
  const { delivered, told, entries, faults } = await exactLog(240);
  expect(faults).toEqual([]);
  expect(entries).toBe(told);
  expect(delivered).toBeGreaterThan(200);
});

/** Puts that ask no condition, of the items whose sort key begins so. */
const without =
  (start: string) =>
  (write: Write): Write => {
    if (!("Put" in write) || !write.Put.Item.sk.startsWith(start)) return write;
    return { Put: { Item: write.Put.Item } };
  };

test("sabotage: without the marks' condition changes stand twice", async () => {
  const { faults } = await exactLog(100, { sabotage: without("log#"), flaky: false });
  expect(faults.join()).toContain("stand twice");
});

test("an integrator's copy that stops anywhere and goes on ends as the server's state", async () => {
  const { equal, records } = await keepCopy(2, 20);
  expect(records).toBeGreaterThan(2);
  expect(equal).toBe(true);
});

test("sabotage: a copy that saves where it is before it is there does not", async () => {
  expect((await keepCopy(2, 20, { savesFirst: true })).equal).toBe(false);
});
