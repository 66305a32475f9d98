import { beforeAll, describe, expect, test } from "vitest";
import type { Api, ApiRequest } from "../../shared/data/api.ts";
import { changeRecord } from "../../shared/data/records.ts";
import { proposalRecord, type StoredProposal } from "../../shared/domain/proposal.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { named } from "../answers.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, brokerageOf, expectStatus, type SignedIn, signUp, unique } from "../cloud.ts";
import { inProcess, table, unconditional, withTable } from "../in-process.ts";
import { settledLog } from "../logs.ts";
import {
  ask,
  assistantOf,
  at,
  failingAt,
  proposed,
  proposedFor,
  shownNow,
  tasksOf,
  withApi,
} from "../proposals.ts";
import { stored } from "../records.ts";
import { anotherSession } from "../sessions.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
});

const { approveProposal, rejectProposal, undoProposal } = client;
const aNewTask = (title: string) => proposed(agent, { operation_id: "createTask", body: { title } });
const changing =
  (change: (request: ApiRequest) => ApiRequest | Promise<ApiRequest>) =>
  (api: Api): Api => ({
    call: async (request) => api.call(await change(request)),
  });

test("what is proposed is listed in its order, and nothing is done", async () => {
  const titles = [unique(), unique(), unique()];
  const { request, proposals } = await proposedFor(
    agent,
    ...titles.map((title) => ({ operation_id: "createTask", body: { title } })),
  );
  const params = { ai_request_id: request.id };
  const all = await ok(client.listProposals({ token: agent.token, params }));
  expect(all.items.map(({ request }) => request.body?.title)).toEqual(titles);
  expect(all.next_cursor).toBeNull();
  expect(all.items[0]).toMatchObject({
    ...{ id: proposals[0]!.id, version: 1, status: "proposed", operation_id: "createTask", result: null },
    preview: {
      title: `Add a task: ${titles[0]}`,
      before: null,
      after: { title: titles[0] },
      undo: "deleteTask",
    },
  });
  for (const one of ["route", "taken_back", "based_on", "approved_at"])
    expect(all.items[0]).not.toHaveProperty(one);
  const page = await ok(client.listProposals({ token: agent.token, params, query: { limit: "2" } }));
  const rest = { limit: "2", cursor: page.next_cursor! };
  const { items } = await ok(client.listProposals({ token: agent.token, params, query: rest }));
  expect([...page.items, ...items].map(({ id }) => id)).toEqual(proposals.map(({ id }) => id));
  expect(await tasksOf(agent, titles[0]!)).toEqual([]);
});

describe("approving does exactly the request, once", () => {
  test("as the person who asked", async () => {
    const title = unique();
    const one = await aNewTask(title);
    const done = await ok(approveProposal({ token: agent.token, ...at(one) }));
    expect(done).toMatchObject({ status: "done", version: 3, reason: null, request: one.request });
    expect(done.result).toMatchObject({ title, version: 1, owner_user_id: agent.user.id });
    expect(await tasksOf(agent, title)).toEqual([done.result?.id]);
    await refused("stale_version", approveProposal({ token: agent.token, ...at(one) }));
    const again = await refused("invalid_transition", approveProposal({ token: agent.token, ...at(done) }));
    expect(again.detail).toBe("A proposal that is done cannot be approved");
  });

  test("however many approve at once", async () => {
    const title = unique();
    const one = await aNewTask(title);
    const approve = () => approveProposal({ token: agent.token, ...at(one) });
    const answers = await Promise.all(Array.from({ length: 20 }, approve));
    const known = ["200", "request_in_progress", "stale_version", "busy"];
    for (const { status, body } of answers)
      expect(known).toContain(status === 200 ? "200" : (body as { code: string }).code);
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(await shownNow(agent, one)).toMatchObject({ status: "done", version: 3 });
    expect(await tasksOf(agent, title)).toHaveLength(1);
  });

  test("sabotage: without a condition and a key of its own, it is done more than once", async () => {
    const title = unique();
    const one = await aNewTask(title);
    const keyless = withApi(
      withTable(named("approveProposal"), unconditional),
      changing(({ idempotencyKey: _, ...request }) => request),
    );
    const call = await inProcess(keyless);
    await Promise.all(Array.from({ length: 5 }, () => call({ token: agent.token, ...at(one) })));
    expect((await tasksOf(agent, title)).length).toBeGreaterThan(1);
  });

  test("a repeated Idempotency-Key gets the first answer again", async () => {
    const one = await aNewTask(unique());
    const asked = { token: agent.token, ...at(one), headers: { "idempotency-key": unique() } };
    const first = await ok(approveProposal(asked));
    expect(await ok(approveProposal(asked))).toEqual(first);
  });

  test("a request that is refused has failed, with the reason", async () => {
    const { token } = agent;
    const name = unique();
    const one = await proposed(agent, {
      operation_id: "createClient",
      body: { name, email: `${name}@known.example` },
    });
    await ok(client.createClient({ token, body: { name: unique(), email: `${name}@known.example` } }));
    const failed = await ok(approveProposal({ token, ...at(one) }));
    expect(failed).toMatchObject({ status: "failed", version: 3, result: null });
    expect(failed.reason).toBeTruthy();
    await refused("invalid_transition", undoProposal({ token, ...at(failed) }));
  });

  test("a rejected one is never done", async () => {
    const title = unique();
    const one = await aNewTask(title);
    const rejected = await ok(rejectProposal({ token: agent.token, ...at(one) }));
    expect(rejected).toMatchObject({ status: "rejected", version: 2 });
    await refused("stale_version", approveProposal({ token: agent.token, ...at(one) }));
    await refused("invalid_transition", approveProposal({ token: agent.token, ...at(rejected) }));
    await refused("invalid_transition", rejectProposal({ token: agent.token, ...at(rejected) }));
    expect(await tasksOf(agent, title)).toEqual([]);
  });
});

describe("a record that changed after it was shown is not touched", () => {
  const taskOf = ({ id: task_id }: { readonly id: string }) =>
    client.getTask({ token: agent.token, params: { task_id } });
  async function changedMeanwhile() {
    const task = await ok(client.createTask({ token: agent.token, body: { title: unique() } }));
    const one = await proposed(agent, {
      ...{ operation_id: "updateTask", params: { task_id: task.id }, body: { title: "By the assistant" } },
    });
    const params = { task_id: task.id };
    await ok(client.updateTask({ token: agent.token, params, version: 1, body: { title: "By a person" } }));
    return { one, task };
  }

  test("the proposal has failed", async () => {
    const { one, task } = await changedMeanwhile();
    const failed = await ok(approveProposal({ token: agent.token, ...at(one) }));
    expect(failed).toMatchObject({
      status: "failed",
      reason: "The record has changed since it was proposed",
    });
    expect((await taskOf(task)).body).toMatchObject({ title: "By a person", version: 2 });
  });

  test("sabotage: at whatever version it has, it is written over", async () => {
    const { one, task } = await changedMeanwhile();
    const careless = withApi(
      named("approveProposal"),
      changing(async (request) => ({ ...request, ifMatch: (await ok(taskOf(task))).version })),
    );
    const { body } = await (await inProcess(careless))({ token: agent.token, ...at(one) });
    expect(body.status).toBe("done");
    expect((await taskOf(task)).body).toMatchObject({ title: "By the assistant" });
  });
});

describe("only the person who asked decides, signed in themselves", () => {
  const decide = async (one: StoredProposal, token: string) =>
    Promise.all(
      [approveProposal, rejectProposal, undoProposal].map(async (decision) => {
        const { status, body } = await decision({ token, ...at(one) });
        return [status, (body as { code?: string }).code];
      }),
    );
  const all = (...answer: [number, string]) => [answer, answer, answer];

  test("no API key of theirs, no admin, no colleague, nobody of another brokerage", async () => {
    const one = await aNewTask(unique());
    const grants = ["ai:read:own", "ai:write:own", "task:write:own"];
    const { key } = await expectStatus(201, "POST", "/v1/api-keys", {
      ...{ token: admin.token, body: { name: unique(), grants } },
    });
    const admins = await proposed(admin, { operation_id: "createTask", body: { title: unique() } });
    expect(await decide(admins, key)).toEqual(all(403, "forbidden"));
    expect(await decide(one, admin.token)).toEqual(all(403, "forbidden"));
    expect(await decide(one, colleague.token)).toEqual(all(404, "not_found"));
    expect(await decide(one, (await signUp()).token)).toEqual(all(404, "not_found"));
    expect(await shownNow(agent, one)).toMatchObject({ status: "proposed", version: 1 });
    const { ai_request_id } = one;
    expect((await client.listProposals({ token: admin.token, params: { ai_request_id } })).status).toBe(200);
    expect((await client.listProposals({ token: colleague.token, params: { ai_request_id } })).status).toBe(
      404,
    );
  });

  test("no assistant, not even while it works for them; another session of theirs does", async () => {
    const one = await aNewTask(unique());
    const running = await ask(agent);
    expect(await decide(one, (await assistantOf(running)).replace("Bearer ", ""))).toEqual(
      all(403, "forbidden"),
    );
    const later = await anotherSession(agent);
    expect(await ok(approveProposal({ token: later.token, ...at(one) }))).toMatchObject({ status: "done" });
  });

  test("by the path of its own request only", async () => {
    const [one, other] = [await aNewTask(unique()), await aNewTask(unique())];
    const { params, body } = at(one);
    const wrong = { ...params, ai_request_id: other.ai_request_id };
    for (const decision of [approveProposal, rejectProposal, undoProposal])
      expect((await decision({ token: agent.token, params: wrong, body })).status).toBe(404);
  });
});

test("the log says who was proposed what, who approved it and who undid it", async () => {
  const one = await aNewTask(unique());
  const done = await ok(approveProposal({ token: agent.token, ...at(one) }));
  await ok(undoProposal({ token: agent.token, ...at(done) }));
  await settledLog(admin);
  const query = { entity: "proposal", id: one.id, limit: "100" } as const;
  const { items } = await ok(client.listAuditEvents({ token: admin.token, query }));
  const told = items.map(({ type, by }) => [type, by]).reverse();
  expect(told).toEqual(
    ["ai_proposed", "ai_approved", "record_changed", "ai_undone"].map((type) => [type, agent.user.id]),
  );
  const [said] = items.filter(({ type }) => type === "ai_proposed");
  expect(said?.changes).toContainEqual({ field: "operation_id", before: null, after: "createTask" });
});

describe("a function that dies", () => {
  test("between what it did and what it writes of it: approved again, it is not done again", async () => {
    for (const version of [1, 2]) {
      const title = unique();
      const one = await aNewTask(title);
      const dying = await inProcess(withTable(named("approveProposal"), failingAt(2)));
      expect((await dying({ token: agent.token, ...at(one) })).status).toBe(500);
      expect(await shownNow(agent, one)).toMatchObject({ status: "approved", version: 2, result: null });
      expect(await tasksOf(agent, title)).toHaveLength(1);
      await refused(
        "invalid_transition",
        rejectProposal({ token: agent.token, ...at({ ...one, version: 2 }) }),
      );
      const done = await ok(approveProposal({ token: agent.token, ...at({ ...one, version }) }));
      expect(done).toMatchObject({ status: "done", version: 3 });
      expect(await tasksOf(agent, title)).toEqual([done.result?.id]);
    }
  });

  test("before it did anything: approved again, it is done; a day later it is refused", async () => {
    const [title, one] = [unique(), await aNewTask(unique())];
    const away = await inProcess(
      withApi(named("approveProposal"), () => ({ call: () => Promise.reject(new Error("away")) })),
    );
    const busy = await away({ token: agent.token, ...at(one) });
    expect([busy.status, busy.body.code, busy.headers.get("retry-after")]).toEqual([503, "busy", "1"]);
    const approved = { ...one, version: 2 };
    const tomorrow = await inProcess(named("approveProposal"));
    const later = await proposed(agent, { operation_id: "createTask", body: { title } });
    const past = new Date(Date.now() - 24 * 3_600_000);
    await away({ token: agent.token, ...at(later) });
    const record = (await stored(proposalRecord, brokerageOf(agent), later.id))!;
    await table.commit(
      changeRecord(proposalRecord, record, { approved_at: past.toISOString() }, invocation("test", null))
        .writes,
    );
    const late = await tomorrow({ token: agent.token, ...at({ ...later, version: 3 }) });
    expect([late.status, late.body.code]).toEqual([409, "invalid_transition"]);
    expect(await tasksOf(agent, title)).toEqual([]);
    expect(await ok(approveProposal({ token: agent.token, ...at(approved) }))).toMatchObject({
      status: "done",
    });
  });
});
