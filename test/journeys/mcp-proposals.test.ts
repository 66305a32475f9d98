import { beforeAll, expect, test } from "vitest";
import { aiRequestAt, aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { named } from "../answers.ts";
import { addUser, api, cloud, expectStatus, type SignedIn, signUp } from "../cloud.ts";
import { handlerOf } from "../contract/inside.ts";
import { eventOf } from "../contract/subject.ts";
import { withTable } from "../in-process.ts";
import { connect } from "../mcp.ts";
import { call, keyOf, told } from "../mcp-calls.ts";
import { stored } from "../records.ts";

let office: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let employee: SignedIn;
beforeAll(async () => {
  office = await signUp();
  [agent, employee] = await Promise.all([addUser(office, "agent"), addUser(office, "employee")]);
});

const task = { title: "Call Nora about the open house" };
const toAdd = (title = task.title) => ({
  name: "propose",
  arguments: { operation_id: "createTask", body: { title } },
});

type Who = Pick<SignedIn, "token">;

const proposalsOf = async ({ token }: Who, ai_request_id: string) =>
  (await expectStatus(200, "GET", `/v1/ai-requests/${ai_request_id}/proposals`, { token })).items;

/** Decides about a proposal, which is shown in its first version unless said. */
const decide = (
  token: string,
  { ai_request_id, proposal_id }: { readonly ai_request_id: string; readonly proposal_id: string },
  verb: "approve" | "reject",
  version = 1,
) =>
  api("POST", `/v1/ai-requests/${ai_request_id}/proposals/${proposal_id}/${verb}`, {
    token,
    body: { version },
  });

/** The titles of the tasks that somebody reads. */
const titles = async ({ token }: Who): Promise<string[]> =>
  (await expectStatus(200, "GET", "/v1/tasks?limit=100", { token })).items.map(
    ({ title }: { readonly title: string }) => title,
  );

test("changes nothing until whoever asked approves it, in a session", async () => {
  const ana = await addUser(office, "agent");
  const { token } = ana;
  const made = await told(token, "propose", toAdd().arguments);
  expect(made).toMatchObject({
    ...{ status: "proposed", operation_id: "createTask" },
    preview: { before: null, after: task, undo: "deleteTask" },
    approve: { link: `${cloud.url}/ai-requests/${made.ai_request_id}/proposals/${made.proposal_id}` },
  });
  expect(await titles(ana)).toEqual([]);
  const request = await expectStatus(200, "GET", `/v1/ai-requests/${made.ai_request_id}`, { token });
  expect(request).toMatchObject({
    ...{ source: "workflow", status: "completed", model: "none", attempts: 0, user_id: ana.user.id },
    request_payload: { goal: "Add a task (by MCP)" },
    response_payload: { summary: expect.stringContaining(task.title), usable: true },
    usage: { cost_usd: 0 },
  });
  expect((await decide(office.token, made, "approve")).status).toBe(403);
  expect((await decide(employee.token, made, "approve")).status).toBe(403);
  const { body } = await decide(token, made, "approve");
  expect(body.status).toBe("done");
  expect(await titles(ana)).toEqual([task.title]);
  expect((await decide(token, made, "approve", body.version)).status).toBe(409);
  expect(await titles(ana)).toEqual([task.title]);
});

test("of an API key is its maker's to decide, and no key's", async () => {
  const { key } = await keyOf(office, "ai:read:own", "ai:write:own", "task:write:own");
  const asked = toAdd("By a key");
  const made = await told(key, "propose", asked.arguments);
  for (const verb of ["approve", "reject"] as const) expect((await decide(key, made, verb)).status).toBe(403);
  expect((await decide(office.token, made, "reject")).body.status).toBe("rejected");
  await using connected = await connect(cloud.url, key);
  const requestState = `${made.ai_request_id}/${made.proposal_id}`;
  const params = { ...asked, requestState };
  const again = await connected.client.request({ method: "tools/call", params });
  expect(again).toMatchObject({ structuredContent: { status: "rejected" } });
  expect(await titles(office)).not.toContain("By a key");
});

test("sends whoever can show a link to where it is approved; what comes back is how it is then", async () => {
  const bo = await addUser(office, "agent");
  const capabilities = { elicitation: { url: {} } };
  await using connected = await connect(cloud.url, bo.token, { capabilities });
  let isApproving = false;
  connected.client.setRequestHandler("elicitation/create", async ({ params }) => {
    const { url } = params as { readonly url: string };
    const [, ai_request_id = "", proposal_id = ""] = /\/ai-requests\/([^/]+)\/proposals\/([^/]+)$/.exec(url)!;
    if (isApproving) await decide(bo.token, { ai_request_id, proposal_id }, "approve");
    return { action: "accept" };
  });
  const accepted = await connected.client.callTool(toAdd());
  expect(accepted.structuredContent).toMatchObject({ status: "proposed" });
  expect(await titles(bo)).toEqual([]);
  isApproving = true;
  const approved = await connected.client.callTool(toAdd());
  expect(approved.structuredContent).toMatchObject({ status: "done" });
  expect(await titles(bo)).toEqual([task.title]);
});

test("that somebody else made is not shown to who sends its ids", async () => {
  const made = await told(agent.token, "propose", toAdd().arguments);
  const colleague = await addUser(office, "agent");
  await using connected = await connect(cloud.url, colleague.token);
  const requestState = `${made.ai_request_id}/${made.proposal_id}`;
  const answer = await connected.client.request({
    method: "tools/call",
    params: { ...toAdd(), requestState },
  });
  expect(answer).toMatchObject({ isError: true, structuredContent: { code: "not_found" } });
});

test("is what its asker could do at once, and nothing else", async () => {
  const { token } = agent;
  const aTask = (who: Who) => expectStatus(201, "POST", "/v1/tasks", { token: who.token, body: task });
  const [theirs, mine] = [await aTask(employee), await aTask(agent)];
  const change = (task_id: string, body: object) => ({
    ...{ operation_id: "updateTask", params: { task_id }, body },
  });
  const refused = async (given: Readonly<Record<string, unknown>>, why: string, who = token) => {
    const { isError, content } = await call(who, "propose", given);
    expect([isError, JSON.stringify(content)]).toEqual([true, expect.stringContaining(why)]);
  };
  await refused(change(theirs.id, { title: "Mine now" }), "not_found");
  await refused(change(mine.id, { title: "" }), "/title");
  await refused(change("../users", { title: "x" }), "id");
  await refused({ operation_id: "createApiKey", body: {} }, "invalid_input");
  const without = await keyOf(office, "ai:read:own", "ai:write:own");
  await refused(toAdd().arguments, "task:write", without.key);
  const reader = await keyOf(office, "ai:read:own", "task:write:own");
  await refused(toAdd().arguments, "ai:write", reader.key);
  const { items } = await expectStatus(200, "GET", "/v1/ai-requests", { token });
  expect(items.filter(({ status }: { readonly status: string }) => status === "failed")).toHaveLength(3);
});

test("is done as it was shown, or not at all", async () => {
  const { token } = agent;
  const mine = await expectStatus(201, "POST", "/v1/tasks", { token, body: task });
  const made = await told(token, "propose", {
    ...{ operation_id: "updateTask", params: { task_id: mine.id }, body: { title: "Call Nora today" } },
  });
  expect(made.preview).toMatchObject({ before: task, after: { title: "Call Nora today" } });
  const headers = { "if-match": '"1"' };
  await expectStatus(200, "PATCH", `/v1/tasks/${mine.id}`, { token, body: { title: "Call Ned" }, headers });
  expect((await decide(token, made, "approve")).body).toMatchObject({ status: "failed" });
  expect(await expectStatus(200, "GET", `/v1/tasks/${mine.id}`, { token })).toMatchObject({
    title: "Call Ned",
  });
});

test("is none where the process dies before it is kept, and its request has failed in three minutes", async () => {
  const operation = named("postMcp");
  let commits = 0;
  const dying = withTable(operation, (table) => ({
    ...table,
    commit: (writes) => (++commits === 2 ? Promise.reject(new Error("died")) : table.commit(writes)),
  }));
  const handler = await handlerOf(dying);
  const cal = await addUser(office, "agent");
  const message = { jsonrpc: "2.0", id: 1, method: "tools/call", params: toAdd() };
  const event = eventOf(
    operation,
    {
      ...{ token: undefined, params: {}, query: {}, body: JSON.stringify(message) },
      ...{ contentType: "application/json", ifMatch: undefined, idempotencyKey: undefined },
    },
    { caller: cal, params: {}, version: undefined },
  );
  expect((await handler(event)).status).toBe(500);
  const { items } = await expectStatus(200, "GET", "/v1/ai-requests", { token: cal.token });
  expect(items).toMatchObject([{ status: "processing", source: "workflow" }]);
  expect(await proposalsOf(cal, items[0].id)).toEqual([]);
  const kept = (await stored(aiRequestRecord, office.brokerage.id, items[0].id))!;
  expect(aiRequestAt(kept, new Date(Date.now() + 181_000)).status).toBe("failed");
  expect(await titles(cal)).toEqual([]);
});
