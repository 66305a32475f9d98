import { beforeAll, expect, test } from "vitest";
import { recordKey } from "../../shared/data/record-item.ts";
import type { Item } from "../../shared/data/table.ts";
import { handOverRecord } from "../../shared/domain/hand-over.ts";
import { propertyRecord, type StoredProperty } from "../../shared/domain/property-record.ts";
import { addUser, expectStatus, type SignedIn, signUp } from "../cloud.ts";
import { handOver, startHandOver } from "../hand-overs.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { flat } from "../records.ts";
import { anotherSession } from "../sessions.ts";
import { killJobs } from "./kill-jobs.ts";

/** Records of a hand-over: a batch and a bit of the next. */
const count = 250;

interface Case {
  readonly leaver: SignedIn;
  readonly heir: SignedIn;
  readonly records: readonly StoredProperty[];
}

let office: Awaited<ReturnType<typeof signUp>>;
beforeAll(async () => {
  office = await signUp();
});

async function aCase(): Promise<Case> {
  const admin = await anotherSession(office);
  const [leaver, heir] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
  const records = await fill(
    { ...office, ...leaver, brokerage: office.brokerage } as never,
    Array(count).fill({}),
  );
  return { leaver, heir, records };
}

async function itemsOf({ records }: Case): Promise<Item[]> {
  const keys = records.map(({ id }) => recordKey(office.brokerage.id, propertyRecord, id));
  const pages = Array.from({ length: Math.ceil(count / 100) }, (_, page) =>
    keys.slice(page * 100, (page + 1) * 100),
  );
  return (await Promise.all(pages.map((page) => table.getMany(page)))).flat().map((item) => flat(item!));
}

const ended =
  (...statuses: string[]) =>
  ({ status }: Item) =>
    [...statuses, "failed"].includes(String(status));

test("the worker of hand-overs is killed 200 times: every record has its new owner once and is counted once", async () => {
  const cases = new Map<string, Case>();
  const { records, deaths } = await killJobs(200, {
    worker: "runHandOver",
    async start() {
      const one = await aCase();
      const { id } = await startHandOver(await anotherSession(office), one.leaver, one.heir);
      cases.set(id, one);
      return recordKey(office.brokerage.id, handOverRecord, id);
    },
    hasEnded: ended("completed"),
    milliseconds: 400,
    atOnce: 8,
  });
  console.log(`${records.length} hand-overs of ${count} records, ${deaths} kills`);
  for (const record of records) {
    expect(record).toMatchObject({
      ...{ status: "completed", records_total: count, records_handed: count, records_skipped: 0 },
    });
    const one = cases.get(String(record.id))!;
    for (const item of await itemsOf(one))
      expect([item.owner_user_id, item.version]).toEqual([one.heir.user.id, 2]);
  }
});

/** Hand-overs that have ended: an undo takes a second or two, so several must be begun one right after another. */
const handedOver = () => Promise.all(Array.from({ length: 8 }, aHandOver));

async function aHandOver(): Promise<Case & { readonly id: string }> {
  const one = await aCase();
  const { id } = await handOver(await anotherSession(office), one.leaver, one.heir);
  return { ...one, id };
}

test("and 50 times in an undo: every record is given back once and counted once", async () => {
  const cases = new Map<string, Case>();
  const ready = await handedOver();
  const { records, deaths } = await killJobs(50, {
    worker: "runHandOver",
    async start() {
      if (ready.length === 0) ready.push(...(await handedOver()));
      const one = ready.pop()!;
      const { token } = await anotherSession(office);
      await expectStatus(202, "POST", `/v1/hand-overs/${one.id}/undo`, { token });
      cases.set(one.id, one);
      return recordKey(office.brokerage.id, handOverRecord, one.id);
    },
    hasEnded: ended("undone"),
    milliseconds: 400,
    atOnce: 4,
  });
  console.log(`${records.length} undos of ${count} records, ${deaths} kills`);
  for (const record of records) {
    expect(record).toMatchObject({ status: "undone", undo_returned: count, undo_left: 0 });
    const one = cases.get(String(record.id))!;
    for (const item of await itemsOf(one))
      expect([item.owner_user_id, item.version]).toEqual([one.leaver.user.id, 3]);
  }
});
