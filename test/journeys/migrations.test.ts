import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { finishMigrations, runsOf, startMigrations } from "../../infra/migrations.ts";
import { policyKey } from "../../shared/data/brokerages.ts";
import { countKey } from "../../shared/data/kept-one.ts";
import { migrateItem, recount } from "../../shared/data/migrated-item.ts";
import { readProgress } from "../../shared/data/migration-progress.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { reminderKey } from "../../shared/data/reminders.ts";
import { removeWords } from "../../shared/data/search-words.ts";
import type { StoredItem, Table } from "../../shared/data/table.ts";
import { emailKey, updateHash } from "../../shared/data/users.ts";
import { policyRoles } from "../../shared/domain/migrations/policy-roles.ts";
import { userWords } from "../../shared/domain/migrations/search-words.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import type { AnyRecordType } from "../../shared/domain/record-type.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { api, cloud, expectStatus, signIn, unique, waitFor } from "../cloud.ts";
import { table } from "../in-process.ts";
import { olderOffice, olderPassword } from "../older-office.ts";
import { flat, itemsAt, stored } from "../records.ts";
import { newTokens } from "../sessions.ts";

// An older office is data that the release before roles and teams wrote: user and policy have version 1 of their shape.

const migrated = {
  environment: cloud.environment,
  table: cloud.tableName,
  queueUrl: cloud.queueUrls.migrations,
};
const written = invocation("test", null).written;
const match = (version: number) => ({ "if-match": `"${version}"` });
const snapshotOf = async ({ items }: Office) => table.getMany(items.slice(0, 100));
type Office = Awaited<ReturnType<typeof olderOffice>>;

const run = async (options = {}) =>
  finishMigrations(migrated, await startMigrations(migrated, options), () => {});

/** The versions of an office's users and of its policy, as they are stored. */
async function versionsOf({ brokerage_id, users: all }: Office) {
  const users = await itemsAt(all.map(({ id }) => recordKey(brokerage_id, userRecord, id)));
  const policy = await table.get(policyKey(brokerage_id));
  return { users: users.map((item) => item!.schema), policy: policy!.schema };
}

/** A session of one of an office's users, without a sign-in. */
const tokenOf = async ({ brokerage_id }: Office, { id }: Office["admin"]) =>
  (await newTokens(brokerage_id, id)).token;

const demote = async (office: Office, at: number) => {
  const admin = office.admins[at]!;
  const { id } = admin;
  const token = await tokenOf(office, admin);
  const { version } = await expectStatus(200, "GET", `/v1/users/${id}`, { token });
  return async () => {
    const request = { token, headers: match(version), body: { role: "agent" } };
    const { status, body } = await api("PATCH", `/v1/users/${id}`, request);
    return (body.code ?? status) as string | number;
  };
};
const roles = async ({ brokerage_id, admins }: Office) =>
  Promise.all(admins.map(async ({ id }) => (await stored(userRecord, brokerage_id, id))!.role));
const count = async ({ brokerage_id }: Office) => (await table.get(countKey(brokerage_id, "admins")))?.count;

/** All that an office does in a day: throws where an answer is not as it should be. */
async function aDay(office: Office) {
  const [admin, agent] = [
    await signIn(office.admin.email, olderPassword),
    await signIn(office.agent.email, olderPassword),
  ];
  const { token } = agent;
  const me = await expectStatus(200, "GET", "/v1/me", { token });
  const patch = { token, headers: match(me.user?.version ?? me.version), body: { first_name: "Anna" } };
  await expectStatus(200, "PATCH", "/v1/me", patch);
  const { items: users } = await expectStatus(200, "GET", "/v1/users?limit=100", { token: admin.token });
  expect(users.map(({ id }: { id: string }) => id)).toEqual(expect.arrayContaining([office.admin.id]));
  const { items: properties } = await expectStatus(200, "GET", "/v1/properties", { token });
  expect(properties.map(({ id }: { id: string }) => id)).toEqual([office.property_id]);
  const { items: tasks } = await expectStatus(200, "GET", "/v1/tasks", { token });
  expect(tasks.map(({ id }: { id: string }) => id)).toContain(office.task_id);

  // Refused in the moment in which the policy is migrated, as if another admin had been first.
  const create = () => api("POST", "/v1/roles", { token: admin.token, body: { name: unique() } });
  const first = await create();
  const { status, body: role } = first.status === 409 ? await create() : first;
  expect(status).toBe(201);
  const permissions = [{ resource: "team", action: "write", scope: "brokerage" }];
  await expectStatus(200, "PUT", `/v1/roles/${role.id}/permissions`, {
    token: admin.token,
    headers: match(role.version),
    body: { permissions },
  });
  const path = `/v1/users/${office.agent.id}`;
  const { version } = await expectStatus(200, "GET", path, { token: admin.token });
  const body = { role_ids: [role.id] };
  expect((await api("POST", "/v1/teams", { token, body: { name: unique() } })).status).toBe(403);
  await expectStatus(200, "PUT", `${path}/roles`, { token: admin.token, headers: match(version), body });
  await expectStatus(201, "POST", "/v1/teams", { token, body: { name: unique() } });
  return { admin, agent };
}

describe("data of the release before", () => {
  test("is answered, and can be changed, before it is migrated", async () => {
    const office = await olderOffice();
    await aDay(office);
    const { policy } = await versionsOf(office);
    expect(policy, "a first role takes its policy along").toBe(policyRoles.to);
  });

  test("is migrated while requests go on, and the worker is killed", async () => {
    const office = await olderOffice({ agents: 60 });
    const token = await tokenOf(office, office.admin);
    const started = await startMigrations(migrated, { again: true });
    const hasMoved = async () => {
      const progress = await readProgress(table, userWords.name, office.brokerage_id);
      return progress?.run === started.get(userWords.name) && progress!.pages > 0;
    };
    while (!(await hasMoved())) await sleep(10);
    await cloud.kill("migrate");
    const { users } = await versionsOf(office);
    expect(new Set(users), "some are migrated, some are not").toEqual(new Set([1, userRecord.schema]));

    // In the middle: every request is answered, old and new users alike, and what a user changes stays.
    const seen: string[] = [];
    for (let cursor = ""; ; ) {
      const page = await expectStatus(200, "GET", `/v1/users?limit=100${cursor}`, { token });
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      if (!page.next_cursor) break;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
    expect(seen.sort()).toEqual(office.users.map(({ id }) => id).sort());
    const runs = await runsOf(migrated);
    expect(runs.find(({ migration }) => migration === userWords.name)!.open).toContain(office.brokerage_id);

    const finished = run();
    const { agent } = await aDay(office);
    await finished;
    expect(new Set((await versionsOf(office)).users)).toEqual(new Set([userRecord.schema]));
    const user = (await stored(userRecord, office.brokerage_id, agent.user.id))!;
    expect(user).toMatchObject({ first_name: "Anna", role_ids: [expect.any(String)] });
    expect((await runsOf(migrated)).flatMap(({ open }) => open)).toEqual([]);
  }, 400_000);
});

describe("one run", () => {
  let office: Office;
  /** An agent of the office, as it was stored. */
  let before: StoredItem;
  let wordless: Awaited<ReturnType<typeof withoutWords>>;
  let twoAdmins: Office;
  let oneLeaves: Awaited<ReturnType<typeof demote>>;
  let otherLeaves: Awaited<ReturnType<typeof demote>>;

  beforeAll(async () => {
    office = await olderOffice({ agents: 3 });
    before = (await table.get(recordKey(office.brokerage_id, userRecord, office.agent.id)))!;
    wordless = await withoutWords();
    twoAdmins = await olderOffice();
    oneLeaves = await demote(twoAdmins, 0);
    otherLeaves = await demote(twoAdmins, 1);
    expect(await oneLeaves(), "nobody knows yet that there is another one").toBe("last_admin");
    await run({ again: true });
  });

  /** An older office, as the release before wrote it: here the stream's consumer wrote words and reminders. */
  async function withoutWords() {
    const office = await olderOffice();
    const token = await tokenOf(office, office.admin);
    const found = async () => {
      const paths = ["/v1/properties?q=hill", "/v1/tasks?q=seller", "/v1/users?q=partner"];
      const pages = await Promise.all(paths.map((path) => expectStatus(200, "GET", path, { token })));
      return pages.map(({ items }) => items.length);
    };
    await waitFor(async () => (JSON.stringify(await found()) === "[1,1,1]" ? true : undefined));
    for (const [type, id] of [
      [propertyRecord, office.property_id],
      [taskRecord, office.task_id],
      [userRecord, office.users[1]!.id],
    ] as const) {
      const record = await stored<AnyRecordType>(type, office.brokerage_id, id);
      await removeWords(table, type, { brokerage_id: office.brokerage_id, id }, [record]);
    }
    expect(await found()).toEqual([0, 0, 0]);
    const reminder = reminderKey(office.brokerage_id, office.task_id);
    const isPlaced = () => waitFor(async () => ((await table.get(reminder))?.due_at ? true : undefined));
    await isPlaced();
    await table.commit([{ Delete: { Key: reminder } }]);
    return { found, isPlaced };
  }

  test("migrates users and policy, and the photo of a property is found", async () => {
    expect(await versionsOf(office)).toEqual({ users: Array(6).fill(userRecord.schema), policy: 2 });
    const after = (await table.get(recordKey(office.brokerage_id, userRecord, office.agent.id)))!;
    const listed = { ...(before.listed as object), accepts_leads: true };
    const detail = { ...(before.detail as object), role_ids: [] };
    expect(after).toEqual({
      ...before,
      schema: userRecord.schema,
      listed,
      detail,
      written: expect.anything(),
    });
    expect((await table.get(emailKey(office.agent.email)))!.schema, "its lookup").toBe(userRecord.schema);
    const property = await waitFor(async () => {
      const found = await stored(propertyRecord, office.brokerage_id, office.property_id);
      return found?.photo_id ? found : undefined;
    });
    expect(property, "its photo is found").toMatchObject({ photo_id: office.media_id, version: 1 });
  });

  test("writes the words by which records are found, and the reminders of tasks", async () => {
    expect(await wordless.found()).toEqual([1, 1, 1]);
    await wordless.isPlaced();
  });

  test("counts the admins: one of two leaves, the other does not; a second run counts again and changes nothing", async () => {
    expect(await count(twoAdmins)).toBe(2);
    expect([await oneLeaves(), await otherLeaves()]).toEqual([200, "last_admin"]);
    expect(await roles(twoAdmins)).toEqual(["agent", "admin"]);

    const again = await snapshotOf(office);
    await run({ again: true });
    expect([await count(twoAdmins), await otherLeaves()]).toEqual([1, "last_admin"]);
    expect(await snapshotOf(office)).toEqual(again);
    await aDay(office);
  });
});

describe("the admins of an older office", () => {
  test("are never all gone: of eight who leave at the same time, while they are counted, too, one stays", async () => {
    const office = await olderOffice({ admins: 6 });
    const all = await Promise.all(office.admins.map((_, at) => demote(office, at)));
    // One more before the migration: it is counted alone.
    const token = await tokenOf(office, office.admin);
    const names = { first_name: "Nora", last_name: "New", email: `${unique()}@new.example` };
    const body = { ...names, password: `a long password ${unique()}`, role: "admin" };
    const { id } = await expectStatus(201, "POST", "/v1/users", { token, body });
    expect([await count(office), await all[0]!()]).toEqual([1, "last_admin"]);
    const everybody = { ...office, admins: [...office.admins, { ...office.admin, id }] };

    const ends: (string | number)[] = [];
    const allLeave = async () => ends.push(...(await Promise.all(all.map((leave) => leave()))));
    const finished = run({ again: true }).then(() => true);
    do await allLeave();
    while (!(await Promise.race([finished, sleep(20)])));
    do await allLeave();
    while (ends.slice(-8).includes("conflict"));
    expect(ends.filter((end) => end === 200)).toHaveLength(8);
    expect((await roles(everybody)).filter((role) => role === "admin")).toHaveLength(1);
    expect(await count(office)).toBe(1);
  });

  /** Counts three admins, of whom one leaves after they were read; answers the count. */
  async function countedWhileOneLeaves(change: (table: Table) => Table) {
    const office = await olderOffice({ admins: 1 });
    await recount(table, "user", office.brokerage_id);
    const leave = await demote(office, 0);
    let reads = 0;
    const racing = change({
      ...table,
      async getMany(keys) {
        const items = await table.getMany(keys);
        if (++reads === 1) expect(await leave()).toBe(200);
        return items;
      },
    });
    await recount(racing, "user", office.brokerage_id);
    return count(office);
  }

  test("are counted again when one of them left meanwhile", async () => {
    expect(await countedWhileOneLeaves((table) => table)).toBe(2);
  });

  test("sabotage: without the condition the count is too high", async () => {
    expect(await countedWhileOneLeaves(blind)).toBe(3);
  });
});

/** A table that writes what is put whatever was written meanwhile. */
const blind = (table: Table): Table => ({
  ...table,
  async commit(writes) {
    for (const write of writes) if ("Put" in write) await table.commit([{ Put: { Item: write.Put.Item } }]);
  },
});

describe("whoever writes an item while it is migrated wins", () => {
  /** Migrates an older user who gets another password hash between the read and the write. */
  async function raced(change: (table: Table) => Table) {
    const office = await olderOffice();
    const key = recordKey(office.brokerage_id, userRecord, office.agent.id);
    const user = (await stored(userRecord, office.brokerage_id, office.agent.id))!;
    let reads = 0;
    const racing = change({
      ...table,
      async get(asked) {
        const item = await table.get(asked);
        // A write that counts no version, as a sign-in makes one.
        if (asked.pk === key.pk && ++reads === 1) await table.commit([updateHash(user, "another hash")]);
        return item as never;
      },
    });
    await migrateItem(racing, "user", key, written);
    return flat((await table.get(key))!);
  }

  test("and the item is migrated with what was written", async () => {
    expect(await raced((table) => table)).toMatchObject({
      schema: userRecord.schema,
      password_hash: "another hash",
      role_ids: [],
    });
  });

  test("sabotage: a write without the condition loses it", async () => {
    expect((await raced(blind)).password_hash).not.toBe("another hash");
  });
});
