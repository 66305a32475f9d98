import { expect, test } from "vitest";
import { keepCopy } from "../copies.ts";
import { exactLog } from "../log-deliveries.ts";

test("10,000 records of the stream, twice and in disorder, over three shards at once: each once in the log", async () => {
  const { delivered, told, entries, faults } = await exactLog(10_000);
  console.log(
    `${delivered} records delivered, ${told} to be told, ${entries} entries, ${faults.length} faults`,
  );
  expect(faults).toEqual([]);
  expect(entries).toBe(told);
  expect(delivered).toBeGreaterThan(9500);
});

test("a copy that stops anywhere ends as the server's state, with six writers", async () => {
  const { equal, records, stops } = await keepCopy(6, 150);
  console.log(`${records} records, ${stops} pages and stops on the way: ${equal ? "equal" : "different"}`);
  expect(equal).toBe(true);
});
