import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { runExport } from "../../functions/exports/run-export.ts";
import type { LargeObjectWriter } from "../../shared/data/large-objects.ts";
import { fromItem, recordKey } from "../../shared/data/record-item.ts";
import { createRecord } from "../../shared/data/records.ts";
import type { Item, Key, PutWrite, Table } from "../../shared/data/table.ts";
import { exportRecord, newExport } from "../../shared/domain/export.ts";
import { newTask, taskRecord } from "../../shared/domain/task.ts";
import { newUser, userRecord } from "../../shared/domain/user.ts";
import { invocation } from "../../shared/entry/invocation.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const stamp = invocation("", null);
const brokerage_id = stamp.newId();

/** A brokerage of so many tasks that exist while they are read only, with an admin and an export in its table. */
function officeOf(count: number, format: "csv" | "json") {
  const stored = new Map<string, Item>();
  const put = ({ writes }: { readonly writes: readonly object[] }) => {
    for (const write of writes) if ("Put" in write) keep((write as PutWrite).Put.Item);
  };
  const keep = (item: Item) => stored.set(`${item.pk}\n${item.sk}`, item);
  const person = { email: "a@b.example", first_name: "A", last_name: "B", role: "admin" } as const;
  const user = createRecord(userRecord, brokerage_id, newUser(person, undefined), stamp);
  put(user);
  const owner_user_id = user.record.id;
  const task = newTask({ title: "Call them about the lake, again" }, { owner_user_id, team_id: null });
  const template = (createRecord(taskRecord, brokerage_id, task, stamp).writes[0] as PutWrite).Put.Item;
  const by = { owner_user_id, task_id: stamp.newId(), asked: stamp.written };
  const asked = newExport({ resource: "task", format, filters: {} }, by);
  const job = createRecord(exportRecord, brokerage_id, asked, stamp);
  put(job);

  const idOf = (at: number) => `00000000-0000-7000-8000-${at.toString(16).padStart(12, "0")}`;
  const taskAt = (at: number): Item => {
    const id = idOf(at);
    const created_at = new Date(1_700_000_000_000 + at * 1000).toISOString();
    return { ...template, ...recordKey(brokerage_id, taskRecord, id), id, at: created_at, created_at };
  };
  let calls = 0;
  let most = 0;
  const look = () => {
    if (calls++ % 100 > 0) return;
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    most = Math.max(most, (heapUsed + arrayBuffers) / 1e6);
  };
  const found = ({ pk, sk }: Key): Item | undefined =>
    pk.includes("#task#0000") ? taskAt(Number.parseInt(pk.slice(-12), 16)) : stored.get(`${pk}\n${sk}`);
  const table: Table = {
    get: async <T extends Key>(key: Key) => found(key) as T | undefined,
    async getMany(keys) {
      look();
      return keys.map(found);
    },
    async query({ ExclusiveStartKey: from, Limit = 1 }) {
      look();
      const first = from ? Number.parseInt(String(from.id).slice(-12), 16) - 1 : count - 1;
      const items = Array.from({ length: Math.min(Limit, first + 1) }, (_, at) => taskAt(first - at));
      return { items, last: first + 1 > Limit ? items.at(-1) : undefined };
    },
    commit: async (writes) => put({ writes }),
  };
  const ended = () => fromItem(exportRecord, found(recordKey(brokerage_id, exportRecord, job.record.id))!);
  return { table, id: job.record.id, ended, most: () => most };
}

/** Runs the worker over a brokerage of so many tasks; answers its record, and the most that was held in megabytes. */
async function run(count: number, format: "csv" | "json") {
  const { table, id, ended, most } = officeOf(count, format);
  let lines = 0;
  let bytes = 0;
  const hash = createHash("sha256");
  const files: LargeObjectWriter = {
    async put(_, body: Readable) {
      for await (const piece of body as AsyncIterable<Buffer>) {
        hash.update(piece);
        bytes += piece.length;
        for (const byte of piece) if (byte === 10) lines++;
      }
    },
  };
  const begun = performance.now();
  const context = { ...invocation("runExport", null), table, files, lastTry: false, secondsLeft: 600 };
  await runExport.run({ ...context, message: [{ brokerage_id, id }] });
  const seconds = (performance.now() - begun) / 1000;
  return { record: ended(), lines, bytes, most: most(), seconds };
}

test.each(["csv", "json"] as const)("memory is flat from 1,000 to 1,000,000 rows of %s", async (format) => {
  const few = await run(1000, format);
  const many = await run(1_000_000, format);
  const { record, lines, bytes, most, seconds } = many;
  console.log(
    `${format}: ${few.most.toFixed(0)} MB at 1,000 rows, ${most.toFixed(0)} MB at 1,000,000 ` +
      `(${(bytes / 1e6).toFixed(0)} MB of file in ${seconds.toFixed(0)} s)`,
  );
  expect(record).toMatchObject({ status: "completed", rows: 1_000_000, size_bytes: bytes });
  // A header, or the brackets around the rows.
  expect(lines).toBe(format === "csv" ? 1_000_001 : 1_000_002);
  expect(most - few.most).toBeLessThan(16);
});
