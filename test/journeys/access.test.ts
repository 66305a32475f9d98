import { beforeAll, describe, expect, test } from "vitest";
import { permissions } from "../../shared/domain/permissions.ts";
import { addUser, api, expectStatus, type SignedIn, signUp, unique } from "../cloud.ts";
import { plantUser } from "../identity-attacks.ts";
import { readAll } from "../properties.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
});

const post = (path: string, body: object, { token }: Pick<SignedIn, "token">) =>
  expectStatus(201, "POST", path, { token, body });
const put = async (path: string, body: object, at?: string) => {
  const { token } = admin;
  const version = at && (await expectStatus(200, "GET", at, { token })).version;
  const headers: Record<string, string> = version ? { "if-match": `"${version}"` } : {};
  return expectStatus(200, "PUT", path, { token, body, headers });
};
const ask = (query: Record<string, string>, { token }: Pick<SignedIn, "token">, who = "") =>
  api("GET", `/v1/access${who}?${new URLSearchParams(query)}`, { token });
const about = (entity: string, id: string, permission: string) => ({ entity, id, permission });

describe("GET /v1/permissions", () => {
  test("lists every permission there is, each with a sentence", async () => {
    expect(await readAll("/v1/permissions", admin.token)).toEqual(permissions);
    expect(await readAll("/v1/permissions", admin.token, 4)).toEqual(permissions);
  });
});

describe("GET /v1/me", () => {
  test("says what one may do and which role gives it, and one's roles and teams", async () => {
    const role = await post("/v1/roles", { name: `Coordinator ${unique()}` }, admin);
    const permit = [
      { resource: "task", action: "read", scope: "brokerage" },
      { resource: "property", action: "write", scope: "own" },
    ];
    await put(`/v1/roles/${role.id}/permissions`, { permissions: permit }, `/v1/roles/${role.id}`);
    const user = `/v1/users/${colleague.user.id}`;
    await put(`${user}/roles`, { role_ids: [role.id] }, user);
    const team = await post("/v1/teams", { name: "Ballard" }, admin);
    await put(`/v1/teams/${team.id}/members/${colleague.user.id}`, { is_lead: true });

    const me = await expectStatus(200, "GET", "/v1/me", { token: colleague.token });
    expect(me).toMatchObject({ id: colleague.user.id, role: "agent" });
    expect(me.roles).toEqual([{ id: role.id, name: role.name }]);
    expect(me.teams).toEqual([{ id: team.id, name: "Ballard", is_lead: true }]);
    const of = (resource: string, action: string) =>
      me.permissions.filter(
        (one: { resource: string; action: string }) => one.resource === resource && one.action === action,
      );
    expect(of("task", "read")).toEqual([
      { resource: "task", action: "read", scope: "brokerage", from: role.name },
    ]);
    expect(of("property", "write")).toEqual([
      { resource: "property", action: "write", scope: "own", from: "agent" },
    ]);
    expect(of("role", "read")).toEqual([]);
    const mine = await expectStatus(200, "GET", "/v1/me", { token: admin.token });
    expect(mine.permissions).toHaveLength(permissions.length);
    expect([mine.roles, mine.teams]).toEqual([[], []]);
    await put(`${user}/roles`, { role_ids: [] }, user);
  });
});

describe("GET /v1/access", () => {
  test("explains every rule, as the operations decide", async () => {
    const { id: task } = await post("/v1/tasks", { title: "Call back" }, agent);
    const read = about("task", task, "task:read");
    const decided = async (query: Record<string, string>, by: Pick<SignedIn, "token"> = admin) => {
      const { status, body } = await ask(query, by);
      expect([status, Object.keys(body)]).toEqual([200, ["allowed", "rule", "because"]]);
      return [body.allowed, body.rule, body.because];
    };
    const user_id = colleague.user.id;
    expect(await decided(read, agent)).toEqual([
      ...[true, "owner", "Una agent owns the task, and the role agent gives task:read for own records."],
    ]);
    expect(await decided(read)).toEqual([
      true,
      "brokerage_scope",
      "Ada Admin may, because the role admin gives task:read for all records of the brokerage.",
    ]);
    expect(await decided({ ...read, user_id })).toEqual([
      false,
      "out_of_scope",
      "Una agent does not own the task, and no share or team lets them do this. " +
        "For task:read, the role agent gives task:read for own records.",
    ]);
    expect((await api("GET", `/v1/tasks/${task}`, { token: colleague.token })).status).toBe(404);

    await put(`/v1/tasks/${task}/shares/user/${user_id}`, { access: "read", until: "2036-03-02T17:05:00Z" });
    expect(await decided({ ...read, user_id })).toEqual([
      true,
      "shared",
      "The task is shared with Una agent until 2036-03-02T17:05:00.000Z, and the role agent gives task:read.",
    ]);
    expect((await decided({ ...about("task", task, "task:write"), user_id }))[1]).toBe("out_of_scope");

    const team = await post("/v1/teams", { name: "Green Lake" }, admin);
    const other = await addUser(admin, "agent");
    await put(`/v1/teams/${team.id}/members/${other.user.id}`, {});
    await put(`/v1/tasks/${task}/shares/team/${team.id}`, { access: "write" });
    expect((await decided({ ...about("task", task, "task:write"), user_id: other.user.id }))[1]).toBe(
      "shared_with_team",
    );

    const { user: client } = await plantUser(admin.brokerage.id, "client");
    const home = { title: "12 Alder Street", property_type: "house", price: 750_000 };
    const { id: property } = await post("/v1/properties", home, agent);
    const ofHome = { ...about("property", property, "property:read"), user_id: client.id };
    expect((await decided(ofHome))[1]).toBe("listed");
    const noRole = await decided({ ...about("property", property, "property:write"), user_id: client.id });
    expect(noRole).toEqual([false, "no_permission", "No role of Pia Planted gives property:write."]);
  });

  test("explains imports, which have an owner and are not shared", async () => {
    const { import: job } = await post(
      "/v1/imports",
      { resource: "property", format: "csv", size_bytes: 1 },
      admin,
    );
    const read = about("import", job.id, "import:read");
    expect((await ask(read, admin)).body).toEqual({
      allowed: true,
      rule: "brokerage_scope",
      because: "Ada Admin may, because the role admin gives import:read for all records of the brokerage.",
    });
    const ofAgent = { ...read, user_id: agent.user.id };
    expect((await ask(ofAgent, admin)).body.because).toBe("No role of Una agent gives import:read.");
    const role = await post("/v1/roles", { name: unique() }, admin);
    const permissions = ["read", "write"].map((action) => ({ resource: "import", action, scope: "own" }));
    await put(`/v1/roles/${role.id}/permissions`, { permissions }, `/v1/roles/${role.id}`);
    const user = `/v1/users/${agent.user.id}`;
    await put(`${user}/roles`, { role_ids: [role.id] }, user);
    expect((await ask(ofAgent, admin)).body.rule).toBe("out_of_scope");
    const own = await post(
      "/v1/imports",
      { resource: "property", format: "csv", size_bytes: 1, dry_run: true },
      agent,
    );
    const who = await ask(about("import", own.import.id, "import:write"), admin, "/who");
    expect(who.body.items).toHaveLength(2);
    expect(who.body.items).toContainEqual({ user_id: agent.user.id, rule: "owner" });
    await put(`${user}/roles`, { role_ids: [] }, user);
  });

  test("is about oneself, or asked by admins; a record that one may not read is 404, and what is not known too", async () => {
    const { id: task } = await post("/v1/tasks", { title: "Call back" }, agent);
    const read = about("task", task, "task:read");
    const other = await ask({ ...read, user_id: agent.user.id }, colleague);
    expect([other.status, other.body.code]).toEqual([403, "forbidden"]);
    expect((await ask(read, colleague)).status).toBe(404);
    const foreign = await signUp();
    expect((await ask(read, foreign)).status).toBe(404);
    expect((await ask({ ...read, user_id: foreign.user.id }, admin)).status).toBe(404);
    const wrong = async (query: Record<string, string>) => (await ask(query, admin)).body.errors?.[0].path;
    expect(await wrong({ ...read, permission: "property:read" })).toBe("?permission");
    expect(await wrong({ ...read, permission: "task:fly" })).toBe("?permission");
    expect(await wrong({ ...read, entity: "user" })).toBe("?entity");
    expect(await wrong({ entity: "task", permission: "task:read" })).toBe("?id");
  });
});

describe("GET /v1/access/who", () => {
  test("lists who may, page by page, and nobody twice or too much", async () => {
    const office = await signUp();
    const agents = await Promise.all(
      Array.from({ length: 7 }, () => plantUser(office.brokerage.id, "agent")),
    );
    const [owner, grantee] = agents;
    const { id } = await post("/v1/tasks", { title: "Call back" }, owner!);
    const { token } = office;
    const body = { access: "read" };
    await expectStatus(200, "PUT", `/v1/tasks/${id}/shares/user/${grantee!.user.id}`, { token, body });

    const found: { user_id: string; rule: string }[] = [];
    const query = { ...about("task", id, "task:read"), limit: "3" };
    let pages = 0;
    for (let cursor: string | null = ""; cursor !== null; pages++) {
      const page = await ask(cursor ? { ...query, cursor } : query, office, "/who");
      expect(page.status).toBe(200);
      found.push(...page.body.items);
      cursor = page.body.next_cursor;
    }
    expect(pages).toBe(3);
    expect(Object.fromEntries(found.map(({ user_id, rule }) => [user_id, rule]))).toEqual({
      [office.user.id]: "brokerage_scope",
      [owner!.user.id]: "owner",
      [grantee!.user.id]: "shared",
    });
    expect(found).toHaveLength(3);
    expect((await ask(query, owner!, "/who")).status).toBe(403);
    const first = await ask(query, office, "/who");
    const elsewhere = { ...query, permission: "task:write", cursor: first.body.next_cursor };
    expect((await ask(elsewhere, office, "/who")).body.code).toBe("invalid_cursor");
  });
});
