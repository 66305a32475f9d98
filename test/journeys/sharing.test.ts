import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { recordKey } from "../../shared/data/record-item.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { addUser, api, cloud, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { table } from "../in-process.ts";
import { house, readAll } from "../properties.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
});

const aTask = async () =>
  (await expectStatus(201, "POST", "/v1/tasks", { token: agent.token, body: { title: `Call ${unique()}` } }))
    .id;
const aTeam = async (...members: SignedIn[]) => {
  const { id } = await expectStatus(201, "POST", "/v1/teams", {
    token: admin.token,
    body: { name: unique() },
  });
  for (const { user } of members)
    await expectStatus(200, "PUT", `/v1/teams/${id}/members/${user.id}`, { token: admin.token, body: {} });
  return id as string;
};
const aRole = async (permissions: object[]) => {
  const { token } = admin;
  const { id, version } = await expectStatus(201, "POST", "/v1/roles", { token, body: { name: unique() } });
  const headers = { "if-match": `"${version}"` };
  return expectStatus(200, "PUT", `/v1/roles/${id}/permissions`, { token, body: { permissions }, headers });
};
const shareOf = (task: string, kind: string, id: string) => `/v1/tasks/${task}/shares/${kind}/${id}`;
const read = async (task: string, { token }: SignedIn) =>
  (await api("GET", `/v1/tasks/${task}`, { token })).status;
const listed = async (task: string, { token }: SignedIn) =>
  (await expectStatus(200, "GET", "/v1/tasks?limit=100", { token })).items.some(
    ({ id }: { id: string }) => id === task,
  );

describe("a task that is shared", () => {
  test("with a user can be read and is listed until the share is removed; reading does not allow changing", async () => {
    const task = await aTask();
    expect([await read(task, colleague), await listed(task, colleague)]).toEqual([404, false]);
    const share = shareOf(task, "user", colleague.user.id);
    const body = { access: "read" };
    expect(await expectStatus(200, "PUT", share, { token: agent.token, body })).toEqual({
      ...{ grantee_kind: "user", grantee_id: colleague.user.id },
      ...{ access: "read", until: null },
    });
    expect(await read(task, colleague)).toBe(200);
    await waitFor(async () => ((await listed(task, colleague)) ? true : undefined));
    const patch = { token: colleague.token, body: { title: "Mine" }, headers: { "if-match": '"2"' } };
    expect((await api("PATCH", `/v1/tasks/${task}`, patch)).status).toBe(404);
    await expectStatus(204, "DELETE", share, { token: agent.token });
    expect(await read(task, colleague)).toBe(404);
    await waitFor(async () => ((await listed(task, colleague)) ? undefined : true));
    expect((await api("DELETE", share, { token: agent.token })).status).toBe(404);
  });

  test("for writing can be changed, and neither deleted nor shared further", async () => {
    const task = await aTask();
    const body = { access: "write" };
    await expectStatus(200, "PUT", shareOf(task, "user", colleague.user.id), { token: agent.token, body });
    const { token } = colleague;
    const headers = { "if-match": '"2"' };
    const changed = await api("PATCH", `/v1/tasks/${task}`, { token, body: { title: "Ours" }, headers });
    expect([changed.status, changed.body.title]).toEqual([200, "Ours"]);
    expect((await api("DELETE", `/v1/tasks/${task}`, { token, headers: { "if-match": '"3"' } })).status).toBe(
      404,
    );
    const further = await api("PUT", shareOf(task, "user", admin.user.id), { token, body });
    expect([further.status, further.body.code]).toEqual([403, "forbidden"]);
  });

  test("until a moment cannot be read from that moment on", async () => {
    const task = await aTask();
    const until = new Date(Date.now() + 2000).toISOString();
    const share = shareOf(task, "user", colleague.user.id);
    await expectStatus(200, "PUT", share, { token: agent.token, body: { access: "read", until } });
    expect(await read(task, colleague)).toBe(200);
    await sleep(Date.parse(until) - Date.now() + 10);
    expect([await read(task, colleague), await listed(task, colleague)]).toEqual([404, false]);
    const past = await api("PUT", share, { token: agent.token, body: { access: "read", until } });
    expect([past.status, past.body.errors[0].path]).toEqual([400, "/until"]);
  });

  test("until a moment is taken out of the record by the schedule; what else is shared stays", async () => {
    const task = await aTask();
    const team = await aTeam(colleague);
    const { token } = agent;
    const [soon, later] = [6000, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
    const share = (kind: string, id: string, until?: string) =>
      expectStatus(200, "PUT", shareOf(task, kind, id), { token, body: { access: "read", until } });
    await share("team", team, soon);
    await share("user", colleague.user.id, later);
    await share("user", admin.user.id);
    const key = recordKey(admin.brokerage.id, taskRecord, task);
    expect((await table.get(key))?.due_at).toBe(soon);
    await cloud.fire("expireUnfinished");
    expect((await table.get(key))?.version).toBe(4);
    await sleep(Date.parse(soon!) - Date.now() + 10);
    const item = await waitFor(async () => {
      await cloud.fire("expireUnfinished");
      const now = await table.get(key);
      return now?.version === 5 ? now : undefined;
    });
    expect(item).toMatchObject({ due_at: later, written: { by: "expireUnfinished" } });
    expect(Object.keys(item.shares as object).sort()).toEqual(
      [`user:${colleague.user.id}`, `user:${admin.user.id}`].sort(),
    );
    expect([await read(task, colleague), await listed(task, colleague)]).toEqual([200, true]);
    // Nothing is due before the next one ends.
    await cloud.fire("expireUnfinished");
    expect((await table.get(key))?.version).toBe(5);
  });

  test("with a team can be read by its members, and no more by who leaves it", async () => {
    const task = await aTask();
    const team = await aTeam(colleague);
    const body = { access: "read" };
    await expectStatus(200, "PUT", shareOf(task, "team", team), { token: agent.token, body });
    expect(await read(task, colleague)).toBe(200);
    await waitFor(async () => ((await listed(task, colleague)) ? true : undefined));
    await expectStatus(204, "DELETE", `/v1/teams/${team}/members/${colleague.user.id}`, {
      token: admin.token,
    });
    expect([await read(task, colleague), await listed(task, colleague)]).toEqual([404, false]);
  });
});

test("a property's shares are listed page by page: those with teams, then those with users", async () => {
  const { token } = agent;
  const { id } = await expectStatus(201, "POST", "/v1/properties", { token, body: house });
  const shares = `/v1/properties/${id}/shares`;
  expect(await readAll(shares, token)).toEqual([]);
  const users = [colleague.user.id, admin.user.id, (await addUser(admin, "agent")).user.id].sort();
  const [access, until] = ["read", null];
  for (const user of users)
    await expectStatus(200, "PUT", `${shares}/user/${user}`, { token, body: { access } });
  const team = await aTeam();
  await expectStatus(200, "PUT", `${shares}/team/${team}`, { token, body: { access } });
  const expected = [
    { grantee_kind: "team", grantee_id: team, access, until },
    ...users.map((grantee_id) => ({ grantee_kind: "user", grantee_id, access, until })),
  ];
  expect(await readAll(shares, token)).toEqual(expected);
  expect(await readAll(shares, token, 1)).toEqual(expected);
});

test("a share that cannot be is refused, and says what to do", async () => {
  const task = await aTask();
  const [client, stranger] = [await addUser(admin, "client"), await signUp()];
  const refused = async (kind: string, id: string, access: string) => {
    const { status, body } = await api("PUT", shareOf(task, kind, id), {
      token: agent.token,
      body: { access },
    });
    return [status, body.code];
  };
  expect(await refused("user", stranger.user.id, "read")).toEqual([422, "cannot_share"]);
  expect(await refused("team", client.user.id, "read")).toEqual([422, "cannot_share"]);
  expect(await refused("user", client.user.id, "write")).toEqual([422, "cannot_share"]);
  expect(await refused("role", client.user.id, "read")).toEqual([404, "not_found"]);
  expect(await refused("user", client.user.id, "admin")).toEqual([400, "invalid_input"]);
  // It would outlive their owning it.
  expect(await refused("user", agent.user.id, "read")).toEqual([422, "cannot_share"]);
  const { version } = await expectStatus(200, "GET", `/v1/tasks/${task}`, { token: agent.token });
  expect(version).toBe(1);
});

test("it can be shared with who has the permission from a role of the brokerage, as long as they have it", async () => {
  const task = await aTask();
  const { user, token } = await addUser(admin, "client");
  const share = (access: string) =>
    api("PUT", shareOf(task, "user", user.id), { token: agent.token, body: { access } });
  expect((await share("write")).body.code).toBe("cannot_share");
  const { id } = await aRole([{ resource: "task", action: "write", scope: "own" }]);
  const have = async (role_ids: string[]) => {
    const path = `/v1/users/${user.id}`;
    const { version } = await expectStatus(200, "GET", path, { token: admin.token });
    const headers = { "if-match": `"${version}"` };
    await expectStatus(200, "PUT", `${path}/roles`, { token: admin.token, body: { role_ids }, headers });
  };
  await have([id]);
  expect((await share("write")).status).toBe(200);
  const patch = { token, body: { title: "Ours" }, headers: { "if-match": '"2"' } };
  expect((await api("PATCH", `/v1/tasks/${task}`, patch)).status).toBe(200);
  await have([]);
  expect((await share("write")).body.code).toBe("cannot_share");
});

describe("a team", () => {
  test("is made, renamed and deleted by admins, and only without members", async () => {
    const team = await aTeam(agent);
    const path = `/v1/teams/${team}`;
    const { token } = admin;
    const shown = await expectStatus(200, "GET", path, { token: agent.token });
    expect(shown.members).toEqual([{ user_id: agent.user.id, is_lead: false }]);
    expect(
      (await api("PATCH", path, { token: agent.token, body: {}, headers: { "if-match": '"2"' } })).status,
    ).toBe(403);
    const headers = { "if-match": '"2"' };
    const renamed = await api("PATCH", path, { token, body: { name: "Ballard" }, headers });
    expect([renamed.status, renamed.body.name]).toEqual([200, "Ballard"]);
    const used = await api("DELETE", path, { token, headers: { "if-match": '"3"' } });
    expect([used.status, used.body.code]).toEqual([409, "in_use"]);
    // Who leads a team is no change of the user; who leaves it is.
    const ofAgent = async () => expectStatus(200, "GET", `/v1/users/${agent.user.id}`, { token });
    const { version } = await ofAgent();
    const lead = { token, body: { is_lead: true } };
    const led = await expectStatus(200, "PUT", `${path}/members/${agent.user.id}`, lead);
    expect(led.members).toEqual([{ user_id: agent.user.id, is_lead: true }]);
    expect((await ofAgent()).version).toBe(version);
    await expectStatus(204, "DELETE", `${path}/members/${agent.user.id}`, { token });
    expect((await ofAgent()).version).toBe(version + 1);
    await expectStatus(204, "DELETE", path, { token, headers: { "if-match": '"5"' } });
    expect((await api("GET", path, { token })).status).toBe(404);
  });

  test("is one of five that a user is in at most", async () => {
    const { user } = await addUser(admin, "agent");
    const { token } = admin;
    const teams = await Promise.all(Array.from({ length: 6 }, () => aTeam()));
    for (const team of teams.slice(0, 5))
      await expectStatus(200, "PUT", `/v1/teams/${team}/members/${user.id}`, { token, body: {} });
    const sixth = await api("PUT", `/v1/teams/${teams[5]}/members/${user.id}`, { token, body: {} });
    expect([sixth.status, sixth.body.code]).toEqual([409, "limit_reached"]);
    const stranger = await signUp();
    const foreign = await api("PUT", `/v1/teams/${teams[5]}/members/${stranger.user.id}`, {
      token,
      body: {},
    });
    expect(foreign.status).toBe(404);
  });
});
