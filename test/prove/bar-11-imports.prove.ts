import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, expect, test } from "vitest";
import { recordKey } from "../../shared/data/record-item.ts";
import type { Item } from "../../shared/data/table.ts";
import { propertyId } from "../../shared/domain/import/property/identity.ts";
import { importRecord } from "../../shared/domain/import.ts";
import { verifyLog } from "../../shared/domain/log-chain.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { expectStatus, signUp, unique } from "../cloud.ts";
import { ended, importFile, startImport } from "../imports.ts";
import { table } from "../in-process.ts";
import { settledLog } from "../logs.ts";
import { anotherSession } from "../sessions.ts";
import { killJobs } from "./kill-jobs.ts";

/** Rows of an import: a full chunk and a bit of the next; the last is the first again, at another price. */
const count = 550;
/** A chunk is full with 500 rows of this width: it is written in time on a machine that does much else. */
const wide = "x".repeat(8000);
const date = "2015-03-01";
const identity = (run: string, at: number) => ({ source: ["key", "", `${run}-${at}`], sale_date: date });

function fileOf(run: string): string {
  const rows = Array.from(
    { length: count },
    (_, at) => `${run}-${at % (count - 1)},${date},${400_000 + at},${wide}`,
  );
  return ["id,date,price,wide", ...rows, ""].join("\n");
}

let office: Awaited<ReturnType<typeof signUp>>;
beforeAll(async () => {
  office = await signUp();
});

const hasEnded = ({ status }: Item) => status === "completed" || status === "failed" || status === "undone";

/** The items of an import's properties. */
async function propertiesOf(run: string): Promise<(Item | undefined)[]> {
  const keys = Array.from({ length: count - 1 }, (_, at) =>
    recordKey(office.brokerage.id, propertyRecord, propertyId(office.brokerage.id, identity(run, at))),
  );
  const pages = Array.from({ length: Math.ceil(count / 100) }, (_, page) =>
    keys.slice(page * 100, (page + 1) * 100),
  );
  return (await Promise.all(pages.map((page) => table.getMany(page)))).flat();
}

test("King County's 21,613 sales are imported, each once", async () => {
  const { token } = office;
  const url = new URL("../../infra/local/demo/king-county-sales-2014-2015.csv.gz", import.meta.url);
  const begun = performance.now();
  const { id } = await startImport(token, gunzipSync(readFileSync(url)));
  const job = await ended(token, id, 800);
  const seconds = (performance.now() - begun) / 1000;
  console.log(`King County: ${job.rows_created} sales in ${seconds.toFixed(1)} s`);
  expect(job).toMatchObject({ status: "completed", rows_created: 21_613, rows_failed: 0 });
  const imported = Date.now();
  const entries = await settledLog(await anotherSession(office), 600);
  const behind = (Date.now() - imported) / 1000;
  console.log(`The log caught up ${behind.toFixed(0)} s later`);
  const created = entries.filter(({ type, entity }) => type === "record_created" && entity === "property");
  expect(created.length).toBeGreaterThanOrEqual(21_613);
  expect(await verifyLog(office.brokerage.id, entries, [])).toMatchObject({ entries: entries.length });
});

test("the import worker is killed 200 times mid-import: every row is there once and counted once", async () => {
  const runs = new Map<string, string>();
  const { records, deaths } = await killJobs(200, {
    worker: "runImport",
    async start() {
      const run = unique();
      // A session token is good for a quarter of an hour, the proof takes longer.
      const { token } = await anotherSession(office);
      const { id } = await startImport(token, fileOf(run));
      runs.set(id, run);
      return recordKey(office.brokerage.id, importRecord, id);
    },
    hasEnded,
    milliseconds: 400,
  });
  console.log(`${records.length} imports of ${count} rows, ${deaths} kills`);
  expect(deaths).toBeGreaterThanOrEqual(200);
  for (const record of records) {
    expect(record).toMatchObject({
      status: "completed",
      rows_total: count,
      rows_created: count - 1,
      rows_updated: 1,
      rows_unchanged: 0,
      rows_failed: 0,
    });
    const properties = await propertiesOf(runs.get(record.id as string)!);
    expect(properties.map((item) => item?.version)).toEqual(properties.map((_, at) => (at === 0 ? 2 : 1)));
  }
});

test("and 50 times mid-undo: every property is removed once and counted once", async () => {
  const runs = new Map<string, string>();
  const imported = async () => {
    const run = unique();
    const { token } = await anotherSession(office);
    const { id } = await importFile(token, fileOf(run), {}, 600);
    runs.set(id, run);
    return id;
  };
  // Before the first kill, or undos would have ended while the next import is awaited.
  const ready = await Promise.all(Array.from({ length: 10 }, imported));
  const { records, deaths } = await killJobs(50, {
    worker: "runImport",
    async start() {
      const id = ready.pop() ?? (await imported());
      const { token } = await anotherSession(office);
      await expectStatus(202, "POST", `/v1/imports/${id}/undo`, { token });
      return recordKey(office.brokerage.id, importRecord, id);
    },
    hasEnded: ({ status }) => status === "undone" || status === "failed",
    milliseconds: 400,
    atOnce: 8,
  });
  console.log(`${records.length} undos of ${count} rows, ${deaths} kills`);
  for (const record of records) {
    expect(record).toMatchObject({
      status: "undone",
      undo_removed: count - 1,
      undo_restored: 0,
      undo_left: 0,
    });
    const properties = await propertiesOf(runs.get(record.id as string)!);
    expect(properties.every((item) => item?.deleted !== undefined)).toBe(true);
  }
});
