import { beforeAll, describe, expect, test } from "vitest";
import { recordKey } from "../../shared/data/record-item.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { addUser, api, cloud, expectStatus, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { startImport } from "../imports.ts";
import { table } from "../in-process.ts";
import { readAll } from "../properties.ts";
import { makeDue } from "../records.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;

beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = await Promise.all([addUser(admin, "agent"), addUser(admin, "agent")]);
});

const add = (by: SignedIn, body: object) =>
  expectStatus(201, "POST", "/v1/tasks", { token: by.token, body: { title: "Call back", ...body } });
const change = (by: SignedIn, { id, version }: { id: string; version: number }, body: object) =>
  api("PATCH", `/v1/tasks/${id}`, { token: by.token, body, headers: { "if-match": `"${version}"` } });
const remove = (by: SignedIn, { id, version }: { id: string; version: number }) =>
  api("DELETE", `/v1/tasks/${id}`, { token: by.token, headers: { "if-match": `"${version}"` } });
const titles = async (by: SignedIn, query = "") =>
  (await readAll(`/v1/tasks${query}`, by.token, 2)).map(({ title }) => title);
/** Lists follow a write within a second. */
const eventually = (by: SignedIn, query: string, expected: readonly string[]) =>
  waitFor(
    async () => (JSON.stringify(await titles(by, query)) === JSON.stringify(expected) ? true : undefined),
    10,
  );

describe("a task", () => {
  test("needs a title; the rest has defaults or is null", async () => {
    const task = await add(agent, {});
    expect(task).toMatchObject({
      owner_user_id: agent.user.id,
      status: "pending",
      priority: "normal",
      category: "other",
      progress: 0,
      due_date: null,
      property_id: null,
      client_id: null,
      version: 1,
    });
    expect(await expectStatus(200, "GET", `/v1/tasks/${task.id}`, { token: agent.token })).toEqual(task);
  });

  test("is changed by a merge patch; one that is completed has progress 100", async () => {
    const task = await add(agent, { description: "Ask for the key", due_date: "2027-01-02T10:00:00Z" });
    const { body } = await change(agent, task, { status: "completed", description: null });
    expect(body).toMatchObject({ status: "completed", progress: 100, description: null, version: 2 });
    expect(body.due_date).toBe("2027-01-02T10:00:00.000Z");
    expect((await change(agent, task, { title: "Late" })).status).toBe(412);
  });

  test("bad input says what is wrong, and nothing is written", async () => {
    const refused = async (body: object, path: string) => {
      const answer = await api("POST", "/v1/tasks", { token: agent.token, body: { title: "T", ...body } });
      expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, path]);
    };
    await refused({ title: " " }, "/title");
    await refused({ due_date: "tomorrow" }, "/due_date");
    await refused({ category: "holiday" }, "/category");
    await refused({ progress: 101 }, "/progress");
    // Until there are clients.
    await refused({ client_id: agent.user.id }, "/client_id");
    await refused({ property_id: agent.user.id }, "/property_id");
    const { id } = await expectStatus(201, "POST", "/v1/properties", {
      token: (await signUp()).token,
      body: { title: "Elsewhere", property_type: "house", price: 1 },
    });
    await refused({ property_id: id }, "/property_id");
  });

  test("is for oneself, or for whomever one may write tasks of", async () => {
    const body = { title: "Yours", owner_user_id: colleague.user.id };
    expect((await api("POST", "/v1/tasks", { token: agent.token, body })).status).toBe(403);
    const task = await add(admin, body);
    expect((await api("GET", `/v1/tasks/${task.id}`, { token: colleague.token })).status).toBe(200);
    expect((await api("GET", `/v1/tasks/${task.id}`, { token: agent.token })).status).toBe(404);
    expect((await change(colleague, task, { owner_user_id: agent.user.id })).status).toBe(403);
    expect((await change(admin, task, { owner_user_id: agent.user.id })).body.owner_user_id).toBe(
      agent.user.id,
    );
    expect((await api("GET", `/v1/tasks/${task.id}`, { token: colleague.token })).status).toBe(404);
    const client = await addUser(admin, "client");
    expect((await api("POST", "/v1/tasks", { token: client.token, body: { title: "T" } })).status).toBe(403);
    const forClient = { title: "T", owner_user_id: client.user.id };
    expect((await api("POST", "/v1/tasks", { token: admin.token, body: forClient })).status).toBe(400);
  });

  test("of a job shows it, and cannot be moved or deleted by hand", async () => {
    const { task_id } = await startImport(admin.token, "id,date,price\nx,2015-01-01,400000\n");
    const task = await waitFor(async () => {
      const read = await expectStatus(200, "GET", `/v1/tasks/${task_id}`, { token: admin.token });
      return read.status === "completed" ? read : undefined;
    });
    expect(task).toMatchObject({ category: "import", progress: 100 });
    expect((await change(admin, task, { status: "pending" })).status).toBe(409);
    expect((await change(admin, task, { progress: 3 })).status).toBe(409);
    expect((await remove(admin, task)).status).toBe(409);
    expect((await change(admin, task, { title: "Last year's sales" })).status).toBe(200);
  });
});

describe("a deleted task", () => {
  test("is gone from reads and lists, and can be restored", async () => {
    const [owner, title] = [await addUser(admin, "agent"), "Gone and back"];
    const task = await add(owner, { title, due_date: "2027-05-01T08:00:00Z" });
    await eventually(owner, "?sort=due_date", [title]);
    expect((await remove(owner, task)).status).toBe(204);
    expect((await api("GET", `/v1/tasks/${task.id}`, { token: owner.token })).status).toBe(404);
    await eventually(owner, "?sort=due_date", []);
    const restore = (by: SignedIn) => api("POST", `/v1/tasks/${task.id}/restore`, { token: by.token });
    expect((await restore(colleague)).status).toBe(404);
    const back = await restore(owner);
    expect(back.body).toEqual({ ...task, version: 3, updated_at: back.body.updated_at });
    expect(back.headers.get("etag")).toBe('"3"');
    expect((await restore(owner)).status).toBe(404);
    await eventually(owner, "?sort=due_date", [title]);
  });

  test("is purged when its time is over, and then nobody can restore it", async () => {
    const task = await add(agent, { title: "Purged" });
    const key = recordKey(admin.brokerage.id, taskRecord, task.id);
    expect((await remove(agent, task)).status).toBe(204);
    await cloud.fire("purgeDeleted");
    expect(await table.get(key)).toMatchObject({ deleted: { listed: { title: "Purged" } } });
    await makeDue(key);
    expect((await api("POST", `/v1/tasks/${task.id}/restore`, { token: agent.token })).status).toBe(404);
    await waitFor(async () => {
      await cloud.fire("purgeDeleted");
      return (await table.get(key)) === undefined ? true : undefined;
    });
  });
});

describe("lists", () => {
  let mine: SignedIn;
  let property_id: string;
  const due = (day: number) => `2027-03-0${day}T09:00:00.000Z`;

  beforeAll(async () => {
    mine = await addUser(admin, "agent");
    const house = { title: "12 Elm", property_type: "house", price: 500_000 };
    property_id = (await expectStatus(201, "POST", "/v1/properties", { token: mine.token, body: house })).id;
    await add(mine, { title: "third", due_date: due(3), priority: "high" });
    await add(mine, { title: "first", due_date: due(1), property_id, category: "viewing" });
    await add(mine, { title: "second", due_date: due(2), status: "completed" });
    await add(mine, { title: "some day", property_id });
    await add(colleague, { title: "theirs", due_date: due(1), property_id: undefined });
    await eventually(mine, "", ["some day", "second", "first", "third"]);
  });

  test.each([
    ["?sort=created_at", ["third", "first", "second", "some day"]],
    ["?sort=due_date", ["first", "second", "third"]],
    ["?sort=-due_date", ["third", "second", "first"]],
    [`?sort=due_date&due_before=${due(3)}`, ["first", "second"]],
    [`?due_before=${due(2)}`, ["first"]],
    ["?sort=due_date&status=pending", ["first", "third"]],
    ["?status=completed", ["second"]],
    ["?priority=high", ["third"]],
    ["?category=viewing&sort=due_date", ["first"]],
  ])("%s", async (query, expected) => {
    expect(await titles(mine, query)).toEqual(expected);
    expect(await titles(admin, `${query}&owner_user_id=${mine.user.id}`)).toEqual(expected);
  });

  test("of a property, of nobody else's, and of those that one may see", async () => {
    expect(await titles(mine, `?property_id=${property_id}`)).toEqual(["some day", "first"]);
    expect(await titles(mine, `?property_id=${property_id}&sort=due_date`)).toEqual(["first"]);
    expect(await titles(colleague, `?property_id=${property_id}`)).toEqual([]);
    expect(await titles(mine, `?owner_user_id=${colleague.user.id}`)).toEqual([]);
    expect(await titles(mine)).not.toContain("theirs");
  });

  test("by change, since a moment", async () => {
    const [oldest] = await readAll("/v1/tasks?sort=created_at", mine.token);
    const { body } = await change(mine, oldest, { priority: "urgent" });
    await eventually(mine, `?updated_since=${body.updated_at}`, ["third"]);
  });
});
