import { beforeAll, expect, test } from "vitest";
import { recordKey } from "../../shared/data/record-item.ts";
import { createRecord } from "../../shared/data/records.ts";
import type { Item } from "../../shared/data/table.ts";
import { exportRecord } from "../../shared/domain/export.ts";
import { newTask, taskRecord } from "../../shared/domain/task.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { addUser, expectStatus, signUp } from "../cloud.ts";
import { fileAt, rowsIn, startExport } from "../exports.ts";
import { table } from "../in-process.ts";
import { anotherSession } from "../sessions.ts";
import { killJobs } from "./kill-jobs.ts";

/** Rows of an export: several pages of its list. */
const count = 2600;

let office: Awaited<ReturnType<typeof signUp>>;
/** The ids of what is exported, of one owner. */
let ids: string[];
beforeAll(async () => {
  office = await signUp();
  const owner_user_id = (await addUser(office, "agent")).user.id as string;
  const made = Array.from({ length: count }, (_, at) => {
    const task = newTask({ title: `Task ${at}` }, { owner_user_id, team_id: null });
    return createRecord(taskRecord, office.brokerage.id, task, invocation(owner_user_id, null));
  });
  const writes = made.flatMap(({ writes }) => writes);
  for (let at = 0; at < writes.length; at += 50) await table.commit(writes.slice(at, at + 50));
  ids = made.map(({ record }) => record.id).sort();
  filters = { owner_user_id };
});
let filters: object;

const hasEnded = ({ status }: Item) => status === "completed" || status === "failed";

test("the export worker is killed 200 times mid-export: each export ends with exactly one file, and that is whole", async () => {
  const askers = new Map<string, Awaited<ReturnType<typeof addUser>>>();
  const { records, deaths } = await killJobs(200, {
    worker: "runExport",
    async start() {
      // A user has a hundred exports a day.
      const asker = await addUser(office, "employee");
      const { id } = await startExport(asker.token, { resource: "task", filters });
      askers.set(id, asker);
      return recordKey(office.brokerage.id, exportRecord, id);
    },
    hasEnded,
    milliseconds: 600,
  });
  console.log(`${records.length} exports of ${count} rows, ${deaths} kills`);
  expect(deaths).toBeGreaterThanOrEqual(200);
  for (const record of records) {
    const id = String(record.id);
    const { token } = await anotherSession(askers.get(id)!);
    expect(record).toMatchObject({ status: "completed", rows: count, progress: 100 });
    const shown = await expectStatus(200, "GET", `/v1/exports/${id}`, { token });
    // Nothing was written after its end.
    expect(shown.version).toBe(record.version);
    const { text } = await fileAt(shown.url);
    expect(Buffer.byteLength(text)).toBe(record.size_bytes);
    expect(
      rowsIn(text)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids);
    const task = await expectStatus(200, "GET", `/v1/tasks/${shown.task_id}`, { token });
    expect([task.status, task.progress]).toEqual(["completed", 100]);
  }
});
