import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod/mini";
import { recordKey } from "../../shared/data/record-item.ts";
import { type NewTask, type Task, type TaskPatch, taskRecord } from "../../shared/domain/task.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, cloud, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { startImport } from "../imports.ts";
import { table } from "../in-process.ts";
import { house, readAll } from "../properties.ts";
import { makeDue } from "../records.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;

beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = await Promise.all([addUser(admin, "agent"), addUser(admin, "agent")]);
});

type Read = Pick<Task, "id" | "version">;

const post = ({ token }: SignedIn, body: Partial<z.input<typeof NewTask>> = {}) =>
  client.createTask({ token, body: { title: "Call back", ...body } });
const add = (by: SignedIn, body?: Partial<z.input<typeof NewTask>>) => ok(post(by, body));
const read = ({ token }: SignedIn, { id }: Read) => client.getTask({ token, params: { task_id: id } });
const change = ({ token }: SignedIn, { id, version }: Read, body: z.input<typeof TaskPatch>) =>
  client.updateTask({ token, params: { task_id: id }, version, body });
const remove = ({ token }: SignedIn, { id, version }: Read) =>
  client.deleteTask({ token, params: { task_id: id }, version });
const restore = ({ token }: SignedIn, { id }: Read) => client.restoreTask({ token, params: { task_id: id } });
const addProperty = ({ token }: SignedIn) => ok(client.createProperty({ token, body: house }));
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
    const task = await add(agent);
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
    expect(await ok(read(agent, task))).toEqual(task);
  });

  test("is changed by a merge patch; one that is completed has progress 100", async () => {
    const task = await add(agent, { description: "Ask for the key", due_date: "2027-01-02T10:00:00Z" });
    const changed = await ok(change(agent, task, { status: "completed", description: null }));
    expect(changed).toMatchObject({ status: "completed", progress: 100, description: null, version: 2 });
    expect(changed.due_date).toBe("2027-01-02T10:00:00.000Z");
    await refused("stale_version", change(agent, task, { title: "Late" }));
  });

  test("that is finished is reopened by a patch that says so, and by nothing else", async () => {
    const task = await add(admin, { owner_user_id: agent.user.id, due_date: "2027-01-02T10:00:00Z" });
    const done = await ok(change(agent, task, { status: "completed" }));
    const later = { due_date: "2027-02-02T10:00:00Z", title: "Call back again", progress: 100 };
    const moved = await ok(change(agent, done, later));
    expect(moved).toMatchObject({ status: "completed", progress: 100, title: later.title });
    const theirs = await ok(change(admin, moved, { owner_user_id: colleague.user.id }));
    expect(theirs).toMatchObject({ status: "completed", progress: 100 });
    await refused("invalid_transition", change(colleague, theirs, { progress: 50 }));
    await ok(remove(colleague, theirs));
    const back = await ok(restore(colleague, theirs));
    expect(back).toMatchObject({ status: "completed", progress: 100 });
    // What was read before it was done, and comes late.
    await refused("stale_version", change(colleague, task, { status: "pending" }));
    expect(await ok(change(colleague, back, { status: "pending" }))).toMatchObject({ progress: 0 });
  });

  test("bad input says what is wrong, and nothing is written", async () => {
    const isBad = async (body: object, path: string) => {
      const { errors } = await refused("invalid_input", post(agent, body));
      expect(errors[0]?.path).toBe(path);
    };
    await isBad({ title: " " }, "/title");
    await isBad({ due_date: "tomorrow" }, "/due_date");
    await isBad({ category: "holiday" }, "/category");
    await isBad({ progress: 101 }, "/progress");
    await isBad({ progress: 40, status: "completed" }, "/progress");
    await isBad({ client_id: agent.user.id }, "/client_id");
    const theirs = await ok(client.createClient({ token: colleague.token, body: { name: "Theirs" } }));
    await isBad({ client_id: theirs.id }, "/client_id");
    await isBad({ property_id: agent.user.id }, "/property_id");
    await isBad({ property_id: (await addProperty(await signUp())).id }, "/property_id");
  });

  test("is for oneself, or for whomever one may write tasks of", async () => {
    const [mine, theirs] = [{ owner_user_id: agent.user.id }, { owner_user_id: colleague.user.id }];
    await refused("forbidden", post(agent, theirs));
    const task = await add(admin, theirs);
    await ok(read(colleague, task));
    await refused("not_found", read(agent, task));
    await refused("forbidden", change(colleague, task, mine));
    expect(await ok(change(admin, task, mine))).toMatchObject(mine);
    await refused("not_found", read(colleague, task));
    const buyer = await addUser(admin, "client");
    await refused("forbidden", post(buyer));
    await refused("invalid_input", post(admin, { owner_user_id: buyer.user.id }));
  });

  test("of a job shows it, and cannot be moved or deleted by hand", async () => {
    const { id, task_id } = await startImport(admin.token, "id,date,price\nx,2015-01-01,400000\n");
    const task = await waitFor(async () => {
      const found = await ok(client.getTask({ token: admin.token, params: { task_id } }));
      return found.status === "completed" ? found : undefined;
    });
    expect(task).toMatchObject({ category: "import", progress: 100 });
    await refused("invalid_transition", change(admin, task, { status: "pending" }));
    await refused("invalid_transition", change(admin, task, { progress: 3 }));
    await refused("invalid_transition", remove(admin, task));
    const named = await ok(change(admin, task, { title: "Last year's sales" }));
    // What is delivered once more, when all is done, moves nothing.
    const body = JSON.stringify({
      Records: [{ s3: { object: { key: `uploads/imports/${admin.brokerage.id}/${id}` } } }],
    });
    const message = { messageId: "again", body, attributes: { ApproximateReceiveCount: "1" } };
    await cloud.invoke("runImport", { Records: [message] });
    expect(await ok(read(admin, task))).toEqual(named);
  });
});

describe("a deleted task", () => {
  test("is gone from reads and lists, and can be restored", async () => {
    const [owner, title] = [await addUser(admin, "agent"), "Gone and back"];
    const task = await add(owner, { title, due_date: "2027-05-01T08:00:00Z" });
    await eventually(owner, "?sort=due_date", [title]);
    await ok(remove(owner, task));
    await refused("not_found", read(owner, task));
    await eventually(owner, "?sort=due_date", []);
    await refused("not_found", restore(colleague, task));
    const back = await ok(restore(owner, task));
    expect(back).toEqual({ ...task, version: 3, updated_at: back.updated_at });
    await refused("not_found", restore(owner, task));
    await eventually(owner, "?sort=due_date", [title]);
  });

  test("is purged when its time is over, and then nobody can restore it", async () => {
    const task = await add(agent, { title: "Purged" });
    const key = recordKey(admin.brokerage.id, taskRecord, task.id);
    await ok(remove(agent, task));
    await cloud.fire("purgeDeleted");
    expect(await table.get(key)).toMatchObject({ deleted: { listed: { title: "Purged" } } });
    await makeDue(key);
    await refused("not_found", restore(agent, task));
    await waitFor(async () => {
      await cloud.fire("purgeDeleted");
      return (await table.get(key)) === undefined ? true : undefined;
    });
  });
});

describe("lists", () => {
  let mine: SignedIn;
  let property_id: string;
  let client_id: string;
  const due = (day: number) => `2027-03-0${day}T09:00:00.000Z`;

  beforeAll(async () => {
    mine = await addUser(admin, "agent");
    property_id = (await addProperty(mine)).id;
    client_id = (await ok(client.createClient({ token: mine.token, body: { name: "Cleo Client" } }))).id;
    await add(mine, { title: "third", client_id, due_date: due(3), priority: "high" });
    await add(mine, { title: "first", due_date: due(1), property_id, category: "viewing" });
    await add(mine, { title: "second", due_date: due(2), status: "completed" });
    await add(mine, { title: "some day", property_id, client_id });
    await add(colleague, { title: "theirs", due_date: due(1) });
    await eventually(mine, "", ["some day", "second", "first", "third"]);
  });

  test.each([
    ["?sort=created_at", ["third", "first", "second", "some day"]],
    ["?sort=due_date", ["first", "second", "third"]],
    ["?sort=-due_date", ["third", "second", "first"]],
    [`?sort=due_date&due_before=${due(3)}`, ["first", "second"]],
    [`?due_before=${due(2)}`, ["first"]],
    [`?due_from=${due(2)}`, ["second", "third"]],
    [`?due_from=${due(1)}&due_before=${due(3)}&is_finished=false`, ["first"]],
    [`?due_before=${due(4)}&sort=-created_at`, ["second", "first", "third"]],
    ["?is_finished=false", ["some day", "first", "third"]],
    ["?is_finished=true", ["second"]],
    ["?is_finished=true&status=pending", []],
    ["?sort=due_date&status=pending", ["first", "third"]],
    ["?status=completed", ["second"]],
    ["?priority=high", ["third"]],
    ["?category=viewing&sort=due_date", ["first"]],
  ])("%s", async (query, expected) => {
    expect(await titles(mine, query)).toEqual(expected);
    expect(await titles(admin, `${query}&owner_user_id=${mine.user.id}`)).toEqual(expected);
  });

  test("of a client, without those that are not any more about them", async () => {
    const query = `?client_id=${client_id}`;
    expect(await titles(mine, query)).toEqual(["some day", "third"]);
    expect(await titles(admin, `${query}&property_id=${property_id}`)).toEqual(["some day"]);
    expect(await titles(mine, `${query}&due_from=${due(1)}`)).toEqual(["third"]);
    expect(await titles(colleague, query)).toEqual([]);
    const [someDay] = await readAll(`/v1/tasks${query}`, mine.token);
    await ok(change(mine, someDay, { client_id: null }));
    await eventually(mine, query, ["third"]);
  });

  test("of a property, of nobody else's, and of those that one may see", async () => {
    expect(await titles(mine, `?property_id=${property_id}`)).toEqual(["some day", "first"]);
    expect(await titles(mine, `?property_id=${property_id}&sort=due_date`)).toEqual(["first"]);
    expect(await titles(colleague, `?property_id=${property_id}`)).toEqual([]);
    expect(await titles(mine, `?owner_user_id=${colleague.user.id}`)).toEqual([]);
    expect(await titles(mine)).not.toContain("theirs");
    const backwards = { due_from: due(2), due_before: due(2) };
    await refused("invalid_input", client.listTasks({ token: mine.token, query: backwards }));
  });

  test("by change, since a moment", async () => {
    const [oldest] = await readAll("/v1/tasks?sort=created_at", mine.token);
    const { updated_at } = await ok(change(mine, oldest, { priority: "urgent" }));
    await eventually(mine, `?updated_since=${updated_at}`, ["third"]);
  });
});
