import { beforeAll, describe, expect, test } from "vitest";
import { recordKey } from "../../shared/data/record-item.ts";
import { removeEndedShares } from "../../shared/data/shares.ts";
import { clientRecord } from "../../shared/domain/client.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import type { AnyRecordType } from "../../shared/domain/record-type.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { addUser, api, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { handOver, handOverEnded, startHandOver, undoHandOver } from "../hand-overs.ts";
import { table } from "../in-process.ts";
import { fill, house } from "../properties.ts";
import { overwrite, stored } from "../records.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
beforeAll(async () => {
  admin = await signUp();
});

async function inATeam(agent: SignedIn): Promise<string> {
  const { token } = admin;
  const { id } = await expectStatus(201, "POST", "/v1/teams", { token, body: { name: unique() } });
  await expectStatus(200, "PUT", `/v1/teams/${id}/members/${agent.user.id}`, { token, body: {} });
  return id;
}

async function deactivate({ user }: SignedIn): Promise<void> {
  const found = (await stored(userRecord, admin.brokerage.id, user.id))!;
  await overwrite(userRecord, { ...found, is_active: false });
}

const patch = (path: string, version: number, body: object, { token }: SignedIn = admin) =>
  api("PATCH", path, { token, body, headers: { "if-match": `"${version}"` } });

/** A property, an analysis of it that has ended, a client and a task. */
async function oneOfEach({ token }: SignedIn) {
  const location = { lat: 47.69, lng: -122.37 };
  const { id: property } = await expectStatus(201, "POST", "/v1/properties", {
    token,
    body: { ...house, location },
  });
  const { id: cma } = await expectStatus(202, "POST", `/v1/properties/${property}/cmas`, { token, body: {} });
  const nora = { name: `Nora ${unique()}`, email: `${unique()}@clients.example` };
  const { id: client } = await expectStatus(201, "POST", "/v1/clients", { token, body: nora });
  const { id: task } = await expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "Call" } });
  await waitFor(async () => {
    const { status } = await expectStatus(200, "GET", `/v1/cmas/${cma}`, { token });
    return status === "completed" || status === "failed" ? status : undefined;
  });
  return { property, cma, client, task } as Record<"property" | "cma" | "client" | "task", string>;
}

/** What the log says of a record's hand-over. */
const handedOverInLog = (entity: string, id: string) =>
  waitFor(async () => {
    const path = `/v1/audit-events?entity=${entity}&id=${id}&type=handed_over`;
    return (await expectStatus(200, "GET", path, { token: admin.token })).items[0];
  });

const read = (type: AnyRecordType, id: string) => stored(type, admin.brokerage.id, id);

describe("the records of an agent who leaves", () => {
  test("become another's with one operation, and go back until somebody changes them", async () => {
    const [leaver, heir] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
    const [before, after] = [await inATeam(leaver), await inATeam(heir)];
    const ids = await oneOfEach(leaver);
    const { property, cma, client, task } = ids;
    await deactivate(leaver);

    const started = await startHandOver(admin, leaver, heir);
    expect(started).toMatchObject({
      ...{ owner_user_id: admin.user.id, status: "pending", progress: 0 },
      title: "Hand over all records of Una agent to Una agent",
    });
    const job = await handOverEnded(admin, started.id);
    expect(job).toMatchObject({
      ...{ id: started.id, from_user_id: leaver.user.id, to_user_id: heir.user.id },
      ...{ status: "completed", progress: 100, records_total: 4, records_handed: 4, records_skipped: 0 },
    });
    const shown = await expectStatus(200, "GET", `/v1/tasks/${started.id}`, { token: admin.token });
    expect([shown.status, shown.progress]).toEqual(["completed", 100]);
    const all = await Promise.all([
      read(propertyRecord, property),
      read(cmaRecord, cma),
      read(clientRecord, client),
      read(taskRecord, task),
    ]);
    for (const record of all)
      expect(record).toMatchObject({
        owner_user_id: heir.user.id,
        team_id: after,
        written: { by: admin.user.id },
      });
    // The log puts it together again.
    const logged = await Promise.all(Object.entries(ids).map(([entity, id]) => handedOverInLog(entity, id)));
    expect(logged.map(({ version, by }) => [version, by])).toEqual(
      all.map((record) => [record?.version, admin.user.id]),
    );
    expect([...new Set(logged.map(({ operation_id }) => operation_id))]).toEqual([
      all[0]?.written.operation_id,
    ]);
    const { items } = await waitFor(async () => {
      const page = await expectStatus(200, "GET", "/v1/tasks", { token: heir.token });
      return page.items.length > 0 ? page : undefined;
    });
    expect(items).toMatchObject([{ id: task, team_id: after }]);

    const renamed = await patch(`/v1/tasks/${task}`, 2, { title: "Call again" }, heir);
    expect(renamed.status).toBe(200);
    const undone = await undoHandOver(admin, started.id);
    expect(undone).toMatchObject({
      ...{ status: "undone", progress: 100, undo_returned: 3, undo_left: 1 },
      undo_skipped: [{ entity: "task", id: task, reason: "changed" }],
    });
    for (const [type, id] of [
      [propertyRecord, property],
      [cmaRecord, cma],
      [clientRecord, client],
    ] as const)
      expect(await read(type, id)).toMatchObject({ owner_user_id: leaver.user.id, team_id: before });
    expect(await read(taskRecord, task)).toMatchObject({ owner_user_id: heir.user.id, title: "Call again" });
    const again = await api("POST", `/v1/hand-overs/${started.id}/undo`, { token: admin.token });
    expect([again.status, again.body.code]).toEqual([409, "invalid_transition"]);
    // And may be handed over once more.
    expect(await handOver(admin, leaver, heir)).toMatchObject({ records_total: 3, records_handed: 3 });
  });

  test("are given back though the schedule took an ended share out of them meanwhile", async () => {
    const [leaver, heir] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
    const { id } = await expectStatus(201, "POST", "/v1/tasks", {
      token: leaver.token,
      body: { title: "Shared" },
    });
    const until = new Date(Date.now() + 60_000).toISOString();
    await expectStatus(200, "PUT", `/v1/tasks/${id}/shares/user/${admin.user.id}`, {
      token: leaver.token,
      body: { access: "read", until },
    });
    const job = await handOver(admin, leaver, heir);
    const [type, brokerage_id] = [taskRecord, admin.brokerage.id];
    const invoked = { ...invocation("expireUnfinished", null), now: new Date(Date.parse(until) + 1) };
    expect(await removeEndedShares(table, type, { brokerage_id, id }, invoked)).toBe(true);
    expect(await stored(type, brokerage_id, id)).toMatchObject({ version: 4, shares: {} });
    expect(await undoHandOver(admin, job.id)).toMatchObject({ undo_returned: 1, undo_left: 0 });
  });

  test("lose nothing that others write while it runs, and take along what is new", async () => {
    const [leaver, heir] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
    // Two batches: the second is short.
    const some = await fill(
      { ...admin, ...leaver, brokerage: admin.brokerage } as never,
      Array(210).fill({}),
    );
    const edited = some.filter((_, at) => at % 10 === 0);
    const { id } = await startHandOver(admin, leaver, heir);
    const price = async (property: string) => {
      for (let price = 600_000; price < 600_004; ) {
        const path = `/v1/properties/${property}`;
        const { version } = await expectStatus(200, "GET", path, { token: admin.token });
        const { status } = await patch(path, version, { price: price + 1 });
        if (status === 200) price++;
        else expect(status).toBe(412);
      }
    };
    const fresh: string[] = [];
    const add = async () => {
      for (let at = 0; at < 10; at++) {
        const { token } = leaver;
        fresh.push((await expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "New" } })).id);
      }
    };
    await Promise.all([...edited.map(({ id }) => price(id)), add()]);
    const job = await handOverEnded(admin, id);
    expect(job).toMatchObject({
      ...{ status: "completed", records_total: 220, records_handed: 220, records_skipped: 0 },
    });
    for (const record of await Promise.all(edited.map(({ id }) => read(propertyRecord, id))))
      expect(record).toMatchObject({ owner_user_id: heir.user.id, price: 600_004, version: 6 });
    for (const task of fresh)
      expect(await read(taskRecord, task)).toMatchObject({ owner_user_id: heir.user.id });
    const untouched = some.filter((one) => !edited.includes(one));
    const keys = untouched.map(({ id }) => recordKey(admin.brokerage.id, propertyRecord, id));
    const parts = [keys.slice(0, 100), keys.slice(100, 200), keys.slice(200)];
    const items = (await Promise.all(parts.map((part) => table.getMany(part)))).flat();
    expect(new Set(items.map((item) => item?.version))).toEqual(new Set([2]));
  });
});

test("a hand-over that cannot be is refused, and says why", async () => {
  const [leaver, heir] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
  const [client, gone, stranger] = [
    await addUser(admin, "client"),
    await addUser(admin, "agent"),
    await signUp(),
  ];
  await deactivate(gone);
  const asked = async (from: SignedIn, to: SignedIn, by: SignedIn = admin) => {
    const { status, body } = await api("POST", `/v1/users/${from.user.id}/hand-over`, {
      token: by.token,
      body: { to_user_id: to.user.id },
    });
    return [status, body.code];
  };
  for (const to of [leaver, client, gone, stranger])
    expect(await asked(leaver, to)).toEqual([422, "cannot_hand_over"]);
  expect(await asked(stranger, heir)).toEqual([404, "not_found"]);
  expect(await asked(leaver, heir, heir)).toEqual([403, "forbidden"]);

  // Who may write users and not all records would get at these.
  const { token } = admin;
  const role = await expectStatus(201, "POST", "/v1/roles", { token, body: { name: unique() } });
  const permissions = [{ resource: "user", action: "write", scope: "brokerage" }];
  const headers = { "if-match": '"1"' };
  await expectStatus(200, "PUT", `/v1/roles/${role.id}/permissions`, {
    token,
    headers,
    body: { permissions },
  });
  const roles = { role_ids: [role.id] };
  await expectStatus(200, "PUT", `/v1/users/${heir.user.id}/roles`, { token, headers, body: roles });
  expect(await asked(leaver, heir, heir)).toEqual([403, "forbidden"]);

  const all = await Promise.all(Array.from({ length: 8 }, () => asked(leaver, heir)));
  expect(all.map(([status]) => status).sort()).toEqual([202, 409, 409, 409, 409, 409, 409, 409]);
  expect(all.flatMap(([, code]) => code ?? [])).toEqual(Array(7).fill("hand_over_running"));
  // Nothing comes to one who is just leaving.
  expect(await asked(heir, admin)).toEqual([409, "hand_over_running"]);
});

test("one whose new owner is deactivated meanwhile fails, and can be undone", async () => {
  const [leaver, heir] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
  await fill({ ...admin, ...leaver, brokerage: admin.brokerage } as never, [{}]);
  const { id } = await startHandOver(admin, leaver, heir);
  await deactivate(heir);
  const job = await handOverEnded(admin, id);
  expect(job).toMatchObject({ status: "failed", records_handed: 0 });
  expect(job.reason).toContain("no longer an active");
  expect(await undoHandOver(admin, id)).toMatchObject({ status: "undone", undo_returned: 0, undo_left: 0 });
});
