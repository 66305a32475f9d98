import { expect, test } from "vitest";
import { recordKey } from "../../shared/data/record-item.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { addUser, expectStatus, signUp } from "../cloud.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { soldHouses } from "../sales.ts";
import { killJobs } from "./kill-jobs.ts";

test("the analysis worker is killed 200 times mid-job: every analysis ends with exactly one result", async () => {
  const office = await signUp();
  const sales = soldHouses("98103");
  const [subject] = await fill(office, sales.slice(-1));
  await fill(office, sales.slice(0, -1));
  const path = `/v1/properties/${subject!.id}/cmas`;

  const { records, deaths } = await killJobs(200, {
    worker: "runCma",
    async start() {
      // One may make 1,000 a day: most are done before the kill.
      const { token } = await addUser(office, "admin");
      const body = { effective_date: "2015-06-01" };
      const { id } = await expectStatus(202, "POST", path, { token, body });
      return recordKey(office.brokerage.id, cmaRecord, id);
    },
    hasEnded: ({ status }) => status === "completed" || status === "failed",
    milliseconds: 100,
  });

  console.log(`${records.length} analyses, ${deaths} deliveries killed`);
  expect(deaths).toBeGreaterThanOrEqual(200);
  const prices = new Set<unknown>();
  for (const record of records) {
    const result = await table.get({ pk: record.pk, sk: "analysis" });
    // Result and status are one transaction: the version says that nothing was written after them.
    expect([record.id, record.status, result !== undefined]).toEqual([record.id, "completed", true]);
    prices.add(record.suggested_price);
  }
  expect(prices.size).toBe(1);
});
