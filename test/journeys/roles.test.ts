import { beforeAll, expect, test } from "vitest";
import { putUserRoles } from "../../functions/identity/put-user-roles.ts";
import { deleteRole } from "../../functions/roles/delete-role.ts";
import { policyKey } from "../../shared/data/brokerages.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import type { Table } from "../../shared/data/table.ts";
import { roleRecord } from "../../shared/domain/role.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { addUser, api, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { set } from "../identity-attacks.ts";
import { inProcess, table, withTable } from "../in-process.ts";
import { readAll } from "../properties.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
});

const match = (version: number) => ({ "if-match": `"${version}"` });
const aRole = async (permissions: object[], token = admin.token) => {
  const role = await expectStatus(201, "POST", "/v1/roles", { token, body: { name: `Role ${unique()}` } });
  return expectStatus(200, "PUT", `/v1/roles/${role.id}/permissions`, {
    token,
    body: { permissions },
    headers: match(role.version),
  });
};
const assign = async (who: SignedIn, role_ids: string[], token = admin.token) => {
  const { version } = await expectStatus(200, "GET", `/v1/users/${who.user.id}`, { token: admin.token });
  return api("PUT", `/v1/users/${who.user.id}/roles`, { token, body: { role_ids }, headers: match(version) });
};
const may = (resource: string, action: string, scope: string) => ({ resource, action, scope });

test("a role holds from the next request on, and so does its end", async () => {
  const body = { title: "12 Alder Street", property_type: "house", price: 750_000 };
  const { id } = await expectStatus(201, "POST", "/v1/properties", { token: admin.token, body });
  const rename = async () => {
    const { version } = await expectStatus(200, "GET", `/v1/properties/${id}`, { token: agent.token });
    const patch = { token: agent.token, body: { title: `No. ${unique()}` }, headers: match(version) };
    return (await api("PATCH", `/v1/properties/${id}`, patch)).status;
  };
  expect(await rename()).toBe(404);
  const role = await aRole([may("property", "write", "brokerage")]);
  expect((await assign(agent, [role.id])).body.role_ids).toEqual([role.id]);
  const user = await expectStatus(200, "GET", `/v1/users/${agent.user.id}`, { token: agent.token });
  const me = await expectStatus(200, "GET", "/v1/me", { token: agent.token });
  expect([user.role_ids, me.role_ids]).toEqual([[role.id], [role.id]]);
  expect(await rename()).toBe(200);
  await expectStatus(200, "PUT", `/v1/roles/${role.id}/permissions`, {
    token: admin.token,
    body: { permissions: [] },
    headers: match((await expectStatus(200, "GET", `/v1/roles/${role.id}`, { token: admin.token })).version),
  });
  expect(await rename()).toBe(404);
  expect((await assign(agent, [])).status).toBe(200);
});

test("nobody gives what they do not hold", async () => {
  const employee = await addUser(admin, "employee");
  const keeper = await aRole([
    may("role", "write", "brokerage"),
    may("role", "read", "brokerage"),
    may("user", "write", "brokerage"),
  ]);
  await assign(employee, [keeper.id]);
  const { token } = employee;
  const own = await aRole([may("property", "delete", "brokerage")], token);
  const beyond = (permissions: object[]) =>
    api("PUT", `/v1/roles/${own.id}/permissions`, {
      token,
      body: { permissions },
      headers: match(own.version),
    });
  expect((await beyond([may("user", "delete", "brokerage")])).body.code).toBe("forbidden");
  expect((await beyond([may("role", "delete", "own")])).body.code).toBe("forbidden");
  const mighty = await aRole([may("brokerage", "write", "brokerage")]);
  expect((await assign(employee, [keeper.id, mighty.id], token)).body.code).toBe("forbidden");
});

test("a permission that does not exist is refused where it is; one for several scopes is kept once, the widest", async () => {
  const { token } = admin;
  const role = await aRole([]);
  const put = (permissions: object[]) =>
    api("PUT", `/v1/roles/${role.id}/permissions`, {
      token,
      body: { permissions },
      headers: match(role.version),
    });
  const reading = may("task", "read", "own");
  for (const [resource, action] of [
    ["cma", "delete"],
    ["brokerage", "admin"],
  ] as const) {
    const { status, body } = await put([reading, may(resource, action, "own")]);
    expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      ["/permissions/1/action"],
    ]);
    expect(body.errors[0].message).toContain(`${resource}:${action}`);
  }
  const all = await put([reading, reading, may("task", "read", "team"), may("cma", "read", "own"), reading]);
  expect([all.status, all.body.permissions]).toEqual([
    200,
    [may("cma", "read", "own"), may("task", "read", "team")],
  ]);
});

test("a permission that no longer exists is in nobody's way", async () => {
  const { token, brokerage } = admin;
  const colleague = await addUser(admin, "agent");
  const role = await aRole([may("task", "read", "brokerage")]);
  const gone = may("brokerage", "admin", "brokerage");
  await table.commit([set(recordKey(brokerage.id, roleRecord, role.id), "listed.permissions", [gone])]);
  const policy = policyKey(brokerage.id);
  const roles = { ...((await table.get(policy))!.roles as object), [role.id]: ["brokerage:admin:brokerage"] };
  await table.commit([set(policy, "roles", roles)]);
  const shown = await expectStatus(200, "GET", `/v1/roles/${role.id}`, { token });
  expect(shown.permissions).toEqual([gone]);
  expect((await assign(colleague, [role.id])).status).toBe(200);
  const me = await expectStatus(200, "GET", "/v1/me", { token: colleague.token });
  expect(me.permissions.some(({ from }: { from: string }) => from === role.name)).toBe(false);
  expect((await assign(colleague, [])).status).toBe(200);
});

test("a built-in role cannot be changed; a role that somebody has, not deleted; a name is there once", async () => {
  const { token } = admin;
  const { items } = await expectStatus(200, "GET", "/v1/roles", { token });
  expect(items.slice(0, 4).map(({ name }: { name: string }) => name)).toEqual([
    "client",
    "agent",
    "employee",
    "admin",
  ]);
  const builtIn = `/v1/roles/${items[1].id}`;
  expect((await api("PATCH", builtIn, { token, body: { name: "x" }, headers: match(1) })).status).toBe(403);
  const nothing = { token, body: { permissions: [] }, headers: match(1) };
  expect((await api("PUT", `${builtIn}/permissions`, nothing)).status).toBe(403);
  expect((await api("DELETE", builtIn, { token, headers: match(1) })).status).toBe(403);
  const role = await aRole([may("task", "read", "team")]);
  const rename = { token, body: { name: "Admin" }, headers: match(role.version) };
  expect((await api("PATCH", `/v1/roles/${role.id}`, rename)).body.code).toBe("name_taken");
  expect((await api("POST", "/v1/roles", { token, body: rename.body })).body.code).toBe("name_taken");
  for (const name of ["admin ", " Admin", `${role.name}\t`])
    expect((await api("POST", "/v1/roles", { token, body: { name } })).body.code, name).toBe("name_taken");
  expect((await assign(agent, [role.id])).status).toBe(200);
  const used = await api("DELETE", `/v1/roles/${role.id}`, { token, headers: match(role.version) });
  expect([used.status, used.body.code]).toEqual([409, "in_use"]);
  const taken = await api("POST", "/v1/roles", { token, body: { name: role.name.toUpperCase() } });
  expect([taken.status, taken.body.code]).toEqual([409, "name_taken"]);
  expect((await assign(agent, [])).status).toBe(200);
  await expectStatus(204, "DELETE", `/v1/roles/${role.id}`, { token, headers: match(role.version) });
  await expectStatus(201, "POST", "/v1/roles", { token, body: { name: role.name } });
});

test("who has a role is no change of it: admins who give it are in nobody's way, and each user counts", async () => {
  const office = await signUp();
  const { token } = office;
  const body = { name: `Role ${unique()}`, is_default: true };
  const role = await expectStatus(201, "POST", "/v1/roles", { token, body });
  const path = `/v1/roles/${role.id}`;
  const invited = () => ({ email: `${unique()}@x.example`, first_name: "I", last_name: "N", role: "agent" });
  const users = await Promise.all(
    Array.from({ length: 20 }, () => expectStatus(201, "POST", "/v1/users", { token, body: invited() })),
  );
  expect(await expectStatus(200, "GET", path, { token })).toEqual(role);
  const put = (id: string, version: number, role_ids: string[]) =>
    api("PUT", `/v1/users/${id}/roles`, { token, body: { role_ids }, headers: match(version) });
  // Two admins at once, and one who read the role before either.
  const [first, second] = users;
  const answers = await Promise.all([
    put(first.id, first.version, []),
    put(second.id, second.version, []),
    api("PATCH", path, { token, body: { is_default: false }, headers: match(role.version) }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const remove = () => api("DELETE", path, { token, headers: match(role.version + 1) });
  expect((await remove()).body.detail).toContain("18 users");
  for (const { id, version } of users.slice(2)) expect((await put(id, version, [])).status).toBe(200);
  expect((await remove()).status).toBe(204);
});

test("a role that changes while it is given is not given; one that is given while it is deleted stays", async () => {
  const { token } = admin;
  const colleague = await addUser(admin, "agent");
  const role = await aRole([]);
  const after = (first: () => Promise<unknown>) => (real: Table) => ({
    ...real,
    async commit(writes: Parameters<Table["commit"]>[0]) {
      await first();
      await real.commit(writes);
    },
  });
  const permissions = [may("role", "write", "brokerage")];
  const changing = after(() =>
    expectStatus(200, "PUT", `/v1/roles/${role.id}/permissions`, {
      token,
      body: { permissions },
      headers: match(role.version),
    }),
  );
  const give = await inProcess(withTable(putUserRoles as unknown as Operation, changing));
  const { version } = await expectStatus(200, "GET", `/v1/users/${colleague.user.id}`, { token });
  const params = { user_id: colleague.user.id };
  const given = await give({ token, params, body: { role_ids: [role.id] }, headers: match(version) });
  expect([given.status, given.body.code]).toEqual([409, "conflict"]);

  const giving = after(() => assign(colleague, [role.id]));
  const remove = await inProcess(withTable(deleteRole as unknown as Operation, giving));
  const removed = await remove({ token, params: { role_id: role.id }, headers: match(role.version + 1) });
  expect([removed.status, removed.body.code]).toEqual([409, "in_use"]);
  const me = await expectStatus(200, "GET", "/v1/me", { token: colleague.token });
  expect(me.roles).toEqual([{ id: role.id, name: role.name }]);
});

test("users whom an earlier release counted in the role itself count on", async () => {
  const { token, brokerage } = admin;
  const colleague = await addUser(admin, "agent");
  const role = await aRole([]);
  await table.commit([set(recordKey(brokerage.id, roleRecord, role.id), "detail.users", 2)]);
  const remove = () => api("DELETE", `/v1/roles/${role.id}`, { token, headers: match(role.version) });
  expect((await remove()).body.detail).toContain("2 users");
  await assign(colleague, [role.id]);
  expect((await remove()).body.detail).toContain("3 users");
  await assign(colleague, []);
  expect((await remove()).body.detail).toContain("2 users");
});

test("what is nobody's own takes a permission for the whole brokerage", async () => {
  const clerk = await addUser(admin, "agent");
  const calls = [
    ["GET", "/v1/roles", "role:read"],
    ["POST", "/v1/roles", "role:write"],
    ["POST", "/v1/teams", "team:write"],
    ["POST", "/v1/users", "user:write"],
    ["GET", "/v1/access/who", "user:admin"],
    ["GET", "/v1/audit-events", "audit_event:read"],
    ["GET", "/v1/audit-checkpoints", "audit_event:read"],
    ["GET", "/v1/changes", "change:read"],
  ] as const;
  const granted = calls.map(([, , permission], at) => {
    const [resource, action] = permission.split(":") as [string, string];
    return may(resource, action, at % 2 === 0 ? "own" : "team");
  });
  expect((await assign(clerk, [(await aRole(granted)).id])).status).toBe(200);
  for (const [method, path, permission] of calls) {
    const { status, body } = await api(method, path, {
      token: clerk.token,
      ...(method === "POST" ? { body: { name: unique() } } : {}),
    });
    expect([status, body.detail], path).toEqual([403, `${permission} is needed for the whole brokerage`]);
  }
});

test("who makes somebody a member holds for all records what the member holds for less", async () => {
  const { token } = admin;
  const teams = may("team", "write", "brokerage");
  const luxury = await expectStatus(201, "POST", "/v1/teams", { token, body: { name: unique() } });
  const add = async (by: SignedIn, { user }: SignedIn, body = {}) => {
    const path = `/v1/teams/${luxury.id}/members/${user.id}`;
    const { status, body: said } = await api("PUT", path, { token: by.token, body });
    return status === 200 ? 200 : [status, said.detail.split(" ").at(-1)];
  };
  const [keeper, clerk, bob, office] = [
    await addUser(admin, "agent"),
    await addUser(admin, "employee"),
    await addUser(admin, "agent"),
    await addUser(admin, "employee"),
  ];
  const role = await aRole([teams]);
  for (const who of [keeper, clerk]) await assign(who, [role.id]);
  await assign(bob, [(await aRole([may("property", "write", "team")])).id]);

  // An agent who may change teams holds their own records only; what an employee holds, a team does not widen.
  expect(await add(keeper, bob)).toEqual([403, "property:write:brokerage"]);
  expect(await add(keeper, keeper)).toEqual([403, "property:write:brokerage"]);
  expect(await add(keeper, office)).toBe(200);
  expect(await add(clerk, bob)).toBe(200);
  expect(await add(clerk, clerk)).toBe(200);
  // Nor is one made the lead so.
  expect(await add(keeper, bob, { is_lead: true })).toEqual([403, "property:write:brokerage"]);
  const { members } = await expectStatus(200, "GET", `/v1/teams/${luxury.id}`, { token });
  expect(members).toEqual([office, bob, clerk].map(({ user }) => ({ user_id: user.id, is_lead: false })));

  // What no employee holds, an employee does not let others reach by a team; an admin holds everything.
  await assign(bob, [(await aRole([may("user", "admin", "team")])).id]);
  expect(await add(clerk, bob)).toEqual([403, "user:admin:brokerage"]);
  expect(await add(admin, bob)).toBe(200);
});

test("roles are listed page by page, whatever is added or deleted meanwhile", async () => {
  const { token } = await signUp();
  const create = () => expectStatus(201, "POST", "/v1/roles", { token, body: { name: unique() } });
  const [first, second, third] = [await create(), await create(), await create()];
  const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id);
  const all = await waitFor(async () => {
    const items = await readAll("/v1/roles", token);
    return items.length === 7 ? items : undefined;
  });
  expect(idsOf(all.slice(4))).toEqual(idsOf([first, second, third]));
  expect(await readAll("/v1/roles", token, 2)).toEqual(all);

  const page = await expectStatus(200, "GET", "/v1/roles?limit=5", { token });
  expect(idsOf(page.items)).toEqual(idsOf(all.slice(0, 5)));
  await expectStatus(204, "DELETE", `/v1/roles/${first.id}`, { token, headers: match(1) });
  const next = `/v1/roles?cursor=${page.next_cursor}`;
  expect(idsOf((await expectStatus(200, "GET", next, { token })).items)).toEqual(idsOf([second, third]));
  const elsewhere = await api("GET", `/v1/permissions?cursor=${page.next_cursor}`, { token });
  expect([elsewhere.status, elsewhere.body.code]).toEqual([400, "invalid_cursor"]);
});
