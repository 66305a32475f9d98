import { beforeAll, describe, expect, test } from "vitest";
import { examined } from "../../shared/data/list.ts";
import { appendToLog, entryKey } from "../../shared/data/log.ts";
import { auditPage } from "../../shared/data/log-audit.ts";
import type { AuditType } from "../../shared/domain/audit.ts";
import type { Happening } from "../../shared/domain/log.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, api, brokerageOf, expectStatus, type SignedIn, signIn, signUp, unique } from "../cloud.ts";
import { table } from "../in-process.ts";
import { settledLog } from "../logs.ts";
import { house } from "../properties.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let employee: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  [agent, employee] = [await addUser(admin, "agent"), await addUser(admin, "employee")];
});

const audit = (query: object = {}) =>
  ok(client.listAuditEvents({ token: admin.token, query: { limit: "100", ...query } as never }));
const typesOf = async (query: object): Promise<AuditType[]> =>
  (await audit(query)).items.map(({ type }) => type);
const call = (method: string, path: string, token: string, body?: object, version?: number) =>
  api(method, path, {
    token,
    ...(body ? { body } : {}),
    headers: {
      "user-agent": "Office browser/7",
      "x-forwarded-for": "198.51.100.7",
      ...(version ? { "if-match": `"${version}"` } : {}),
    },
  });
async function done(method: string, path: string, token: string, body?: object, version?: number) {
  const answer = await call(method, path, token, body, version);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

describe("who did what to a listing", () => {
  let id: string;
  beforeAll(async () => {
    ({ id } = await done("POST", "/v1/properties", agent.token, house));
    await done("PATCH", `/v1/properties/${id}`, agent.token, { price: 812_000, title: "Near the lake" }, 1);
    await done("PUT", `/v1/properties/${id}/shares/user/${employee.user.id}`, agent.token, {
      access: "read",
    });
    await done("DELETE", `/v1/properties/${id}/shares/user/${employee.user.id}`, agent.token);
    await done("PATCH", `/v1/properties/${id}`, admin.token, { owner_user_id: employee.user.id }, 4);
    await done("DELETE", `/v1/properties/${id}`, admin.token, undefined, 5);
    await done("POST", `/v1/properties/${id}/restore`, admin.token);
    await settledLog(admin);
  });

  test("each version once, newest first, with who, from where and in which request", async () => {
    const { items } = await audit({ entity: "property", id });
    expect(items.map(({ version, type, by }) => [version, type, by])).toEqual([
      [7, "record_restored", admin.user.id],
      [6, "record_deleted", admin.user.id],
      [5, "handed_over", admin.user.id],
      [4, "share_removed", agent.user.id],
      [3, "share_added", agent.user.id],
      [2, "record_changed", agent.user.id],
      [1, "record_created", agent.user.id],
    ]);
    for (const event of items)
      expect(event).toMatchObject({
        ip: "198.51.100.7",
        user_agent: "Office browser/7",
        operation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        hash: expect.stringMatching(/^[\w-]{43}$/),
      });
    expect(new Set(items.map(({ operation_id }) => operation_id)).size).toBe(7);
  });

  test("with the values before and after, and none of a creation", async () => {
    const { items } = await audit({ entity: "property", id });
    const changes = Object.fromEntries(items.map(({ version, changes }) => [version, changes]));
    expect(changes[1]).toEqual([]);
    expect(changes[2]).toEqual([
      { field: "price", before: house.price, after: 812_000 },
      { field: "title", before: house.title, after: "Near the lake" },
    ]);
    expect(changes[3]).toEqual([
      { field: "shares", before: null, after: { [`user:${employee.user.id}`]: { access: "read" } } },
    ]);
    expect(changes[5]).toContainEqual({
      ...{ field: "owner_user_id", before: agent.user.id, after: employee.user.id },
    });
  });

  test("page by page, by type, by time, by user", async () => {
    const of = { entity: "property", id };
    const pages: number[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await audit({ ...of, limit: "3", ...(cursor ? { cursor } : {}) });
      pages.push(...page.items.map(({ version }) => version!));
      cursor = page.next_cursor;
      if (!cursor) break;
    }
    expect(pages).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(await typesOf({ ...of, type: "share_added" })).toEqual(["share_added"]);
    const { items } = await audit(of);
    const [deleted, handedOver] = [items[1]!, items[2]!];
    expect(await typesOf({ ...of, from: handedOver.at, to: deleted.at })).toEqual(["handed_over"]);
    expect(await typesOf({ from: handedOver.at, to: deleted.at, entity: "property" })).toEqual([
      "handed_over",
    ]);
    const byAgent = { user_id: agent.user.id, entity: "property" };
    expect(await typesOf(byAgent)).toEqual([
      "share_removed",
      "share_added",
      "record_changed",
      "record_created",
    ]);
    expect(await typesOf({ ...byAgent, from: handedOver.at })).toEqual([]);
    expect(await typesOf({ ...of, ...byAgent, type: "record_changed" })).toEqual(["record_changed"]);
  });

  test("by user, page by page with a filter", async () => {
    const seen: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const query = { user_id: agent.user.id, entity: "property", limit: "1", ...(cursor ? { cursor } : {}) };
      const page = await audit(query);
      seen.push(...page.items.map(({ type }) => type));
      cursor = page.next_cursor;
      if (!cursor) break;
    }
    expect(seen).toEqual(["share_removed", "share_added", "record_changed", "record_created"]);
  });

  test("and all of the log is the same, newest first", async () => {
    const whole: number[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await audit({ limit: "4", ...(cursor ? { cursor } : {}) });
      whole.push(...page.items.map(({ sequence }) => sequence));
      cursor = page.next_cursor;
      if (!cursor) break;
    }
    expect(whole).toEqual(whole.map((_, at) => whole.length - at));
  });
});

test("until a moment has what happened before and was set aside, sent again a month later; page by page", async () => {
  const { newId, written } = invocation("test", null);
  const brokerage_id = newId();
  const day = (days: number) => new Date(Date.parse("2026-03-01T22:00:00.000Z") + days * 86_400_000);
  const changed = (at: Date): Happening => ({
    ...{ brokerage_id, entity: "task", id: newId(), version: 2, type: "record_changed", change: "changed" },
    ...{ at: at.toISOString(), by: null, actor: undefined, operation_id: newId(), fields: [] },
    ...{ particulars: {}, item: "record" },
  });
  const logged = (at: Date, now: Date, count = 1) =>
    appendToLog(
      table,
      brokerage_id,
      Array.from({ length: count }, () => changed(at)),
      { now, written },
    );
  await logged(day(0), day(0));
  const between = examined + 20;
  await logged(day(2), day(2), between);
  // Set aside in the night, and sent again on the last evening on which the bucket has it.
  await logged(day(0), day(31));
  await logged(day(40), day(40));

  const to = day(0.01).toISOString();
  const pages: number[][] = [];
  let cursor: string | undefined;
  do {
    const page = await auditPage(table, brokerage_id, { limit: 10, cursor, to }, "key");
    pages.push(page.items.map(({ sequence }) => sequence));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  expect(pages).toEqual([[between + 2], [1]]);
});

describe("security events", () => {
  test("sign-ins, failed ones at a known account, sign-outs and a refresh token that was used twice", async () => {
    const who = await addUser(admin, "agent");
    const from = { "x-forwarded-for": "203.0.113.99", "user-agent": "Telephone/1" };
    const attempt = (email: string, password: string) =>
      api("POST", "/v1/auth/login", { body: { email, password }, headers: from });
    expect((await attempt(who.email, "not this one, surely")).status).toBe(401);
    const stranger = `${unique()}@nobody.example`;
    expect((await attempt(stranger, "not this one, surely")).status).toBe(401);
    const first = (await attempt(who.email, who.password)).body;
    await done("POST", "/v1/auth/logout", first.session_token);
    const second = (await attempt(who.email, who.password)).body;
    const refresh = (refresh_token: string) =>
      api("POST", "/v1/auth/refresh", { body: { refresh_token }, headers: from });
    const third = await refresh(second.refresh_token);
    await refresh(third.body.refresh_token);
    // A token of two rotations ago is somebody else's.
    expect((await refresh(second.refresh_token)).status).toBe(401);
    const entries = await settledLog(admin);

    const { items } = await audit({ user_id: who.user.id });
    expect(items.map(({ type, by, entity }) => [type, by, entity])).toEqual([
      ["refresh_reused", null, "session"],
      ["sign_in", who.user.id, "session"],
      ["sign_out", who.user.id, "session"],
      ["sign_in", who.user.id, "session"],
      ["sign_in_failed", null, "user"],
      // The session that the test's user began with.
      ["sign_in", who.user.id, "session"],
    ]);
    expect(
      items
        .slice(0, 2)
        .concat(items.slice(3, 5))
        .map(({ ip, user_agent }) => [ip, user_agent]),
    ).toEqual(Array.from({ length: 4 }, () => ["203.0.113.99", "Telephone/1"]));
    expect(items[4]).toMatchObject({ id: who.user.id });
    expect(await typesOf({ entity: "user", id: who.user.id })).toEqual(["sign_in_failed", "user_invited"]);
    expect(JSON.stringify(entries)).not.toContain(stranger);
    const session = items[1]!.id;
    expect(await typesOf({ entity: "session", id: session })).toEqual(["refresh_reused", "sign_in"]);
  });

  test("passwords, roles, permissions and teams", async () => {
    const { token } = admin;
    const who = await addUser(admin, "agent");
    const changed = { current_password: who.password, new_password: `ferries at dusk ${unique()}` };
    await done("POST", "/v1/auth/password", who.token, changed);
    const role = await done("POST", "/v1/roles", token, { name: unique() });
    const permissions = [{ resource: "import", action: "read", scope: "brokerage" }];
    await done("PUT", `/v1/roles/${role.id}/permissions`, token, { permissions }, 1);
    const { version } = await done("GET", `/v1/users/${who.user.id}`, token);
    await done("PUT", `/v1/users/${who.user.id}/roles`, token, { role_ids: [role.id] }, version);
    const team = await done("POST", "/v1/teams", token, { name: unique() });
    await done("PUT", `/v1/teams/${team.id}/members/${who.user.id}`, token, { is_lead: true });
    await settledLog(admin);

    const ofUser = (await audit({ entity: "user", id: who.user.id })).items;
    expect(ofUser.map(({ type, by }) => [type, by])).toEqual([
      ["record_changed", admin.user.id],
      ["roles_changed", admin.user.id],
      ["password_changed", who.user.id],
      ["user_invited", admin.user.id],
    ]);
    expect(ofUser[1]!.changes).toEqual([{ field: "role_ids", before: [], after: [role.id] }]);
    expect(ofUser[2]!.changes).toEqual([{ field: "password_hash", before: "(secret)", after: "(secret)" }]);
    const ofRole = (await audit({ entity: "role", id: role.id })).items;
    // That somebody was given it is told of the user.
    expect(ofRole.map(({ type }) => type)).toEqual(["permissions_changed", "record_created"]);
    expect(ofRole[0]!.changes).toEqual([{ field: "permissions", before: [], after: permissions }]);
    expect(await typesOf({ entity: "team", id: team.id })).toEqual(["team_changed", "record_created"]);
    // One request, one operation id.
    const [ofTeam] = (await audit({ entity: "team", id: team.id })).items;
    expect(ofUser[0]!.operation_id).toBe(ofTeam!.operation_id);
  });
});

test("values are shown to whom may read all records of the entity, and everything else to every auditor", async () => {
  const office = await signUp();
  const { token } = office;
  const auditor = await addUser(office, "client");
  const role = await done("POST", "/v1/roles", token, { name: unique() });
  const permissions = [{ resource: "audit_event", action: "read", scope: "brokerage" }];
  await done("PUT", `/v1/roles/${role.id}/permissions`, token, { permissions }, 1);
  const { version } = await done("GET", `/v1/users/${auditor.user.id}`, token);
  await done("PUT", `/v1/users/${auditor.user.id}/roles`, token, { role_ids: [role.id] }, version);
  const property = await done("POST", "/v1/properties", token, house);
  await done("PATCH", `/v1/properties/${property.id}`, token, { price: 812_000 }, 1);
  const task = await done("POST", "/v1/tasks", token, { title: "Call" });
  await done("PATCH", `/v1/tasks/${task.id}`, token, { title: "Call back" }, 1);
  // All that a client may read of the whole brokerage.
  const brokerage = await done("GET", "/v1/brokerage", token);
  await done("PATCH", "/v1/brokerage", token, { name: unique() }, brokerage.version);
  await settledLog(office);

  const of = async (token: string, query: object = {}) =>
    (await ok(client.listAuditEvents({ token, query: { limit: "100", ...query } as never }))).items;
  const all = await of(token);
  const withValues = new Set(all.filter(({ changes }) => changes.length > 0).map(({ entity }) => entity));
  expect([...withValues].sort()).toEqual(["brokerage", "property", "role", "task", "user"]);
  const shown = all.map((event) => (event.entity === "brokerage" ? event : { ...event, changes: [] }));
  expect(await of(auditor.token)).toEqual(shown);
  for (const query of [{ entity: "property", id: property.id }, { user_id: office.user.id }])
    expect(await of(auditor.token, query)).toEqual(
      (await of(token, query)).map(({ sequence }) => shown.find((one) => one.sequence === sequence)),
    );
});

test("nothing secret is in the log", async () => {
  const office = await signUp();
  const person = await addUser(office, "agent");
  const session = await signIn(person.email, person.password);
  await done("POST", "/v1/auth/password", session.token, {
    current_password: person.password,
    new_password: `granite steps ${unique()}`,
  });
  const brokerageId = brokerageOf(office);
  const policy = await table.get({ pk: `${brokerageId}#brokerage#${brokerageId}`, sk: "policy" });
  const user = await table.get({ pk: `${brokerageId}#user#${person.user.id}`, sk: "record" });
  const hash = (user!.detail as { password_hash: string }).password_hash;
  const canaries = [policy!.cursor_key, hash, person.password, office.password, session.token];
  const text = JSON.stringify(await settledLog(office));
  expect(text).toContain("(secret)");
  for (const canary of [...canaries, session.refresh_token, "$argon2", "$scrypt"])
    expect(text).not.toContain(String(canary));
});

describe("the changes", () => {
  test("are the sequence without a gap; what the caller may not read is hidden", async () => {
    const office = await signUp();
    const person = await addUser(office, "employee");
    const task = await done("POST", "/v1/tasks", office.token, { title: "Call" });
    await done("PATCH", `/v1/tasks/${task.id}`, office.token, { title: "Call back" }, 1);
    const property = await done("POST", "/v1/properties", office.token, house);
    const entries = await settledLog(office);

    const all = await ok(client.listChanges({ token: office.token }));
    expect(all.items.map(({ sequence }) => sequence)).toEqual(entries.map((_, at) => at + 1));
    expect([all.next_since, all.has_more]).toEqual([entries.length, false]);
    expect(all.items).toContainEqual({
      ...{ sequence: expect.any(Number), entity: "task", id: task.id, type: "changed", version: 2 },
      ...{ at: expect.any(String), by: office.user.id, operation_id: expect.any(String), fields: ["title"] },
    });

    // Who reads changes and tasks, and no properties.
    const role = await done("POST", "/v1/roles", office.token, { name: unique() });
    const permissions = [{ resource: "change", action: "read", scope: "brokerage" }] as const;
    await done("PUT", `/v1/roles/${role.id}/permissions`, office.token, { permissions }, 1);
    const refusal = await refused("forbidden", client.listChanges({ token: person.token }));
    expect(refusal.detail).toContain("change:read");
    const { version } = await done("GET", `/v1/users/${person.user.id}`, office.token);
    const roles = { role_ids: [role.id] };
    await done("PUT", `/v1/users/${person.user.id}/roles`, office.token, roles, version);
    const seen = await ok(client.listChanges({ token: person.token }));
    const byId = (id: string) => seen.items.filter((one) => "id" in one && one.id === id);
    expect([byId(task.id).length, byId(property.id).length]).toEqual([2, 1]);
    // Brokerage and users may be read by employees; sessions and roles not.
    const kinds = new Set(seen.items.map((one) => ("entity" in one ? one.entity : one.type)));
    expect([...kinds].sort()).toEqual(["brokerage", "hidden", "property", "task", "user"]);
    expect(seen.items.filter(({ type }) => type === "hidden")[0]).toEqual({
      sequence: expect.any(Number),
      type: "hidden",
    });
  });

  test("a since beyond the log is 400; one whose next is older than 30 days is 410 with the first that is kept", async () => {
    const office = await signUp();
    const entries = await settledLog(office);
    // 9999 and 19999 are the last of a partition: what follows them is in the next one.
    for (const since of [entries.length + 1, 9999, 19_999, 20_000]) {
      const query = { since: String(since) };
      const beyond = await refused("invalid_input", client.listChanges({ token: office.token, query }));
      expect(beyond.errors).toEqual([{ path: "?since", message: "is beyond the last sequence" }]);
    }
    const last = { token: office.token, query: { since: String(entries.length) } };
    expect(await ok(client.listChanges(last))).toEqual({
      ...{ items: [], next_since: entries.length, has_more: false },
    });

    const age = (sequence: number) =>
      table.commit([
        {
          Update: {
            Key: entryKey(brokerageOf(office), sequence),
            UpdateExpression: "SET logged_at = :old",
            ExpressionAttributeValues: { ":old": "2026-01-01T00:00:00.000Z" },
          },
        },
      ]);
    await age(1);
    const old = await api("GET", "/v1/changes", { token: office.token });
    expect([old.status, old.body.code, old.body.first_kept]).toEqual([410, "gone", expect.any(Number)]);
    const kept = { token: office.token, query: { since: "1" } };
    expect((await ok(client.listChanges(kept))).items[0]!.sequence).toBe(2);
  });

  test("are for the whole brokerage or not at all", async () => {
    await refused("forbidden", client.listChanges({ token: agent.token }));
    await refused("forbidden", client.listAuditEvents({ token: employee.token }));
    await expectStatus(400, "GET", `/v1/audit-events?id=${agent.user.id}`, { token: admin.token });
    const [earlier, later] = ["2026-01-01T00:00:00Z", "9999-12-31T00:00:00Z"];
    for (const query of ["", `user_id=${agent.user.id}&`]) {
      const path = `/v1/audit-events?${query}`;
      await expectStatus(400, "GET", `${path}from=${later}&to=${earlier}`, { token: admin.token });
      const all = await expectStatus(200, "GET", `${path}from=${earlier}&to=${later}`, admin);
      expect(all.items.length).toBeGreaterThan(3);
      expect((await expectStatus(200, "GET", `${path}from=${later}`, admin)).items).toEqual([]);
    }
  });
});
