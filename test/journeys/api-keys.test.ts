import { beforeAll, describe, expect, test } from "vitest";
import { createTask } from "../../functions/tasks/create-task.ts";
import { listTasks } from "../../functions/tasks/list-tasks.ts";
import { apiKeyItemKey, apiKeyText, readApiKey } from "../../shared/data/api-keys.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { maxApiKeys } from "../../shared/domain/api-key.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { client, ok } from "../client.ts";
import { addUser, api, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { inParallel, set } from "../identity-attacks.ts";
import { inProcess, table, withTable } from "../in-process.ts";
import { settledLog } from "../logs.ts";
import { anotherSession } from "../sessions.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
beforeAll(async () => {
  admin = await signUp();
});

const taskGrants = ["task:read:own", "task:write:own"];
const newKey = (grants: string[], { token }: Pick<SignedIn, "token"> = admin, more = {}) =>
  expectStatus(201, "POST", "/v1/api-keys", { token, body: { name: "Website", grants, ...more } });
const keyOf = ({ id }: { readonly id: string }) =>
  apiKeyItemKey({ brokerage_id: admin.brokerage.id, api_key_id: id });
const itemOf = async (made: { readonly id: string }) => (await table.get(keyOf(made)))!;
const task = { title: "Call back" };

describe("an API key", () => {
  test("is shown once, stored as a hash, and calls the API as its maker within its grants", async () => {
    const { key, ...made } = await newKey(taskGrants);
    expect(key).toMatch(/^gable_[\w-]{112}$/);
    expect(made).toEqual({
      id: expect.any(String),
      ...{ version: 1, created_at: expect.any(String), updated_at: expect.any(String) },
      ...{ name: "Website", grants: taskGrants, owner_user_id: admin.user.id },
      ...{ expires_at: null, last_used_at: null },
    });
    const { id, owner_user_id } = await expectStatus(201, "POST", "/v1/tasks", { token: key, body: task });
    expect(owner_user_id).toBe(admin.user.id);
    const item = await table.get(recordKey(admin.brokerage.id, { name: "task" }, id));
    expect(item!.written).toMatchObject({ by: admin.user.id, api_key_id: made.id });
    await settledLog(admin);
    const said = async (entity: string, id: string) =>
      (await ok(client.listAuditEvents({ token: admin.token, query: { entity, id } }))).items;
    const who = { by: admin.user.id, ip: expect.any(String) };
    expect(await said("task", id)).toMatchObject([{ ...who, type: "record_created", api_key_id: made.id }]);
    expect(await said("api_key", made.id)).toMatchObject([{ ...who, type: "key_created", api_key_id: null }]);

    expect((await api("GET", `/v1/tasks/${id}`, { token: key })).status).toBe(200);
    const forbidden = await api("GET", "/v1/properties", { token: key });
    expect([forbidden.status, forbidden.body.detail]).toEqual([
      403,
      "This API key lacks property:read: it was not given to it, or its maker does not hold it any more",
    ]);
    expect(JSON.stringify(await itemOf(made))).not.toContain(key.slice(70, 112));
    const { items } = await waitFor(async () => {
      const page = await expectStatus(200, "GET", "/v1/api-keys", { token: admin.token });
      return page.items.length > 0 ? page : undefined;
    });
    expect(items[0]).toEqual({ ...made, last_used_at: expect.any(String) });
  });

  test("notes its use through what only reads, and at most once an hour what it was last used for", async () => {
    const made = await newKey(["task:read:own"]);
    await expectStatus(200, "GET", "/v1/tasks", { token: made.key });
    const { last_used_at, version } = await itemOf(made);
    expect(Date.now() - Date.parse(String(last_used_at))).toBeLessThan(60_000);
    expect(version).toBe(1);
  });

  test("calls nothing that is for people: profile, sessions, password, keys", async () => {
    const { key } = await newKey(["user:read:brokerage"]);
    for (const path of ["/v1/me", "/v1/auth/sessions"]) {
      const { status, body } = await api("GET", path, { token: key });
      expect([status, body.code]).toEqual([403, "forbidden"]);
      expect(body.detail).toContain("no API key");
    }
    const body = { name: "Another", grants: ["user:read:own"] };
    expect((await api("POST", "/v1/api-keys", { token: key, body })).status).toBe(403);
  });

  test("ends for good when its maker is deactivated; reactivated, they make another", async () => {
    const maker = await addUser(admin, "admin");
    const { key } = await newKey(["task:read:own"], maker);
    const read = async (token: string) => (await api("GET", "/v1/tasks", { token })).status;
    expect(await read(key)).toBe(200);
    const path = `/v1/users/${maker.user.id}`;
    const { token } = admin;
    await expectStatus(204, "DELETE", path, { token, headers: { "if-match": '"1"' } });
    expect(await read(key)).toBe(401);
    await expectStatus(200, "POST", `${path}/reactivate`, { token });
    expect(await read(key)).toBe(401);
    const another = await newKey(["task:read:own"], await anotherSession(maker));
    expect(await read(another.key)).toBe(200);
  });

  test("is one read of three items, as a session is", async () => {
    const { key } = await newKey(["task:read:own"]);
    const reads: number[] = [];
    const call = await inProcess(
      withTable(listTasks as unknown as Operation, (real) => ({
        ...real,
        getMany(keys) {
          reads.push(keys.length);
          return real.getMany(keys);
        },
      })),
    );
    for (const token of [key, admin.token]) expect((await call({ token })).status).toBe(200);
    expect(reads).toEqual([3, 3]);
  });

  test("keeps the answers of its Idempotency-Keys apart from its maker's", async () => {
    const { key } = await newKey(taskGrants);
    const headers = { "idempotency-key": unique() };
    const sent = (token: string) => expectStatus(201, "POST", "/v1/tasks", { token, body: task, headers });
    const first = await sent(key);
    expect(await sent(key)).toEqual(first);
    expect((await sent(admin.token)).id).not.toBe(first.id);
  });
});

describe("making a key", () => {
  const refuse = async (body: object, { token }: Pick<SignedIn, "token"> = admin) => {
    const answer = await api("POST", "/v1/api-keys", { token, body: { name: "Website", ...body } });
    return [answer.status, answer.body.errors?.[0]?.path ?? answer.body.detail];
  };

  test("takes grants that exist, are not about keys, and end in the future", async () => {
    const { body } = await api("POST", "/v1/api-keys", {
      token: admin.token,
      body: { name: "Website", grants: ["pets:read:brokerage"] },
    });
    expect(body.errors).toEqual([
      { path: "/grants/0", message: expect.stringContaining("one of the permissions brokerage:read") },
    ]);
    expect(await refuse({ grants: [] })).toEqual([400, "/grants"]);
    expect(await refuse({ grants: ["task:read:own", "task:admin:own"] })).toEqual([400, "/grants/1"]);
    expect(await refuse({ grants: ["task:read:own", "api_key:write:own"] })).toEqual([400, "/grants/1"]);
    const expires_at = "2020-01-01T00:00:00Z";
    expect(await refuse({ grants: ["task:read:own"], expires_at })).toEqual([400, "/expires_at"]);
  });

  test("gives no more than its maker holds, and no more than the maker still holds when it is used", async () => {
    const agent = await addUser(admin, "agent");
    const { token } = admin;
    const role = await expectStatus(201, "POST", "/v1/roles", { token, body: { name: unique() } });
    const permit = async (...permissions: [string, string, string][]) => {
      const path = `/v1/roles/${role.id}`;
      const { version } = await expectStatus(200, "GET", path, { token });
      await expectStatus(200, "PUT", `${path}/permissions`, {
        token,
        body: {
          permissions: permissions.map(([resource, action, scope]) => ({ resource, action, scope })),
        },
        headers: { "if-match": `"${version}"` },
      });
    };
    await permit(["api_key", "write", "own"], ["task", "read", "brokerage"]);
    const { version } = await expectStatus(200, "GET", `/v1/users/${agent.user.id}`, { token });
    await expectStatus(200, "PUT", `/v1/users/${agent.user.id}/roles`, {
      token,
      body: { role_ids: [role.id] },
      headers: { "if-match": `"${version}"` },
    });
    expect(await refuse({ grants: ["task:write:brokerage"] }, agent)).toEqual([
      403,
      "You do not hold task:write:brokerage, so you cannot give it",
    ]);

    const { key } = await newKey(["task:read:brokerage"], agent);
    const { id } = await expectStatus(201, "POST", "/v1/tasks", { token, body: task });
    const read = async () => (await api("GET", `/v1/tasks/${id}`, { token: key })).status;
    expect(await read()).toBe(200);
    // The maker now reads own tasks only, by the built-in role: so does the key.
    await permit(["api_key", "write", "own"]);
    expect(await read()).toBe(404);
    expect((await api("GET", "/v1/tasks", { token: key })).status).toBe(200);
  });

  test("makes no way round it: who may add users adds nobody who may do more", async () => {
    const { key } = await newKey(["user:write:brokerage"]);
    const person = { first_name: "Eve", last_name: "More", password: `a long password ${unique()}` };
    const add = (role: string, token: string) =>
      api("POST", "/v1/users", { token, body: { ...person, email: `${unique()}@users.example`, role } });
    for (const role of ["admin", "employee", "agent"]) expect((await add(role, key)).status).toBe(403);
    expect((await add("admin", admin.token)).status).toBe(201);
  });

  test("repeated with its Idempotency-Key it makes no second key, and does not show the first again", async () => {
    const request = {
      token: admin.token,
      body: { name: "Once", grants: ["task:read:own"] },
      headers: { "idempotency-key": unique() },
    };
    const { key, ...made } = await expectStatus(201, "POST", "/v1/api-keys", request);
    expect(key).toMatch(/^gable_/);
    expect(await expectStatus(201, "POST", "/v1/api-keys", request)).toEqual({ ...made, key: null });
  });

  test(`a brokerage has ${maxApiKeys} keys at most, however many are asked for at once`, async () => {
    const other = await signUp();
    const { token } = other;
    const body = { name: "One of many", grants: ["task:read:own"] };
    const answers = await inParallel(maxApiKeys + 5, 8, () => api("POST", "/v1/api-keys", { token, body }));
    const counted = (status: number) => answers.filter((answer) => answer.status === status);
    expect([counted(201).length, counted(409).length]).toEqual([maxApiKeys, 5]);
    expect(counted(409)[0]!.body.code).toBe("limit_reached");
    await expectStatus(204, "DELETE", `/v1/api-keys/${counted(201)[0]!.body.id}`, { token });
    await expectStatus(201, "POST", "/v1/api-keys", { token, body });
  });
});

describe("a key that is not one", () => {
  test("is refused: mistyped without a read, with another's ids, expired", async () => {
    const { key, id } = await newKey(taskGrants);
    let reads = 0;
    const call = await inProcess(
      withTable(createTask as unknown as Operation, (real) => ({
        ...real,
        getMany(keys) {
          reads++;
          return real.getMany(keys);
        },
      })),
    );
    const typo = key.replace(/.(?=.{20}$)/, (one: string) => (one === "A" ? "B" : "A"));
    for (const token of [typo, key.slice(0, -1), `${key}A`, "gable_", `gable_${"A".repeat(112)}`])
      expect((await call({ token, body: task })).status).toBe(401);
    expect(reads).toBe(0);

    // Whoever knows a key cannot make it one of somebody else: its hash covers the ids in it.
    const agent = await addUser(admin, "agent");
    const secret = Buffer.from(key.slice(6), "base64url").subarray(48, 80);
    const named = readApiKey(key)!;
    expect(apiKeyText(named, secret)).toBe(key);
    expect((await call({ token: apiKeyText({ ...named, user_id: agent.user.id }, secret) })).status).toBe(
      401,
    );
    expect((await call({ token: key, body: task })).status).toBe(201);
    await table.commit([set(keyOf({ id }), "listed.expires_at", new Date().toISOString())]);
    expect((await call({ token: key, body: task })).status).toBe(401);
  });

  test("a foreign admin neither sees nor revokes it", async () => {
    const { id } = await newKey(taskGrants);
    const { token } = await signUp();
    expect((await api("DELETE", `/v1/api-keys/${id}`, { token })).status).toBe(404);
    expect((await expectStatus(200, "GET", "/v1/api-keys", { token })).items).toEqual([]);
    await expectStatus(204, "DELETE", `/v1/api-keys/${id}`, { token: admin.token });
    expect((await api("DELETE", `/v1/api-keys/${id}`, { token: admin.token })).status).toBe(404);
  });
});

describe("a key's limit", () => {
  test("refuses it until the minute is over, and says for how long", async () => {
    const { key, id } = await newKey(["task:read:own"]);
    const now = new Date("2036-03-02T17:05:20.000Z");
    const item = keyOf({ id });
    await table.commit([set(item, "used_minute", "2036-03-02T17:05")]);
    await table.commit([set(item, "used_requests", 590)]);
    await table.commit([set(item, "last_used_at", now.toISOString())]);
    const call = await inProcess(listTasks as unknown as Operation);
    expect((await call({ token: key, now })).status).toBe(200);
    await table.commit([set(item, "used_requests", 600)]);
    const { status, body, headers } = await call({ token: key, now });
    expect([status, body.code, headers.get("retry-after")]).toEqual([429, "too_many_requests", "40"]);
    expect(["limit", "remaining", "reset"].map((one) => headers.get(`ratelimit-${one}`))).toEqual([
      ...["600", "0", "40"],
    ]);
    expect((await call({ token: key, now: new Date("2036-03-02T17:06:00.000Z") })).status).toBe(200);
  });

  test("never costs a request its success: what cannot be noted is not", async () => {
    const { key } = await newKey(["task:read:own"]);
    const call = await inProcess(
      withTable(listTasks as unknown as Operation, (real) => ({
        ...real,
        commit: () => Promise.reject(new Error("no write today")),
      })),
    );
    expect((await call({ token: key })).status).toBe(200);
  });
});
