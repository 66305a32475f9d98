import { importJWK, type JWK, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { jwksKey } from "../../shared/data/brokerages.ts";
import { changeRecord } from "../../shared/data/records.ts";
import { readSecret } from "../../shared/data/secret.ts";
import type { Key, Table } from "../../shared/data/table.ts";
import { aiRequestRecord, type StoredAiRequest } from "../../shared/domain/ai-request.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { assistantTokenRules, tokenRules } from "../../shared/entry/session.ts";
import { AssistantSecret } from "../../shared/identity/assistant-tokens.ts";
import { signingSecret } from "../../shared/identity/tokens.ts";
import { named } from "../answers.ts";
import { client, ok } from "../client.ts";
import { addUser, brokerageOf, cloud, expectStatus, type SignedIn, signUp, unique } from "../cloud.ts";
import { inProcess, table, withTable } from "../in-process.ts";
import { ask, assistantOf, gateway, proposing, sessionOf, tasksOf } from "../proposals.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
});

const tokenOf = (authorization: string) => authorization.replace("Bearer ", "");
/** The status of what an assistant asks for. */
const asked = async (
  token: string,
  method: string,
  path: string,
  sent: { body?: object; ifMatch?: number } = {},
) => (await gateway.call({ authorization: `Bearer ${token}`, method, path, ...sent })).status;
const addTask = (body: { title: string }, { token } = agent) => ok(client.createTask({ token, body }));
const taskOf = ({ id: task_id }: { readonly id: string }) =>
  client.getTask({ token: agent.token, params: { task_id } });

describe("an assistant's token", () => {
  /** What may be done with a token, by what it would do. */
  async function tried(token: string) {
    const title = unique();
    const status = (method: string, path: string, body?: object) =>
      asked(token, method, path, body && { body });
    const did = {
      reads: await status("GET", "/v1/tasks"),
      proposes: await status("POST", "/v1/tasks", { title }),
      "makes a key": await status("POST", "/v1/api-keys", { name: title, grants: ["task:read:own"] }),
      "reads itself": await status("GET", "/v1/me"),
      exports: await status("POST", "/v1/exports", { resource: "task", format: "csv" }),
      asks: await status("POST", "/v1/ai-requests", {
        source: "workflow",
        request_payload: { goal: "More" },
      }),
      shares: await status("PUT", `/v1/tasks/${await aTaskId()}/shares/user/${colleague.user.id}`, {
        access: "write",
      }),
    };
    expect(await tasksOf(agent, title)).toEqual([]);
    return did;
  }
  const aTaskId = async () => (await addTask({ title: unique() })).id;
  const nothing = Object.fromEntries(
    ["reads", "proposes", "makes a key", "reads itself", "exports", "asks", "shares"].map((name) => [
      name,
      401,
    ]),
  );

  test("reads what its user reads, and does nothing: what it may propose is checked and not done", async () => {
    const token = tokenOf(await assistantOf(await ask(agent)));
    expect(await tried(token)).toEqual({
      ...{
        reads: 200,
        proposes: 204,
        "makes a key": 403,
        "reads itself": 403,
        exports: 403,
        asks: 403,
        shares: 403,
      },
    });
    const task = await addTask({ title: "Kept" });
    const path = `/v1/tasks/${task.id}`;
    const change = (body: object, ifMatch = 1) => asked(token, "PATCH", path, { body, ifMatch });
    expect(await change({ title: "Changed" })).toBe(204);
    expect(await asked(token, "DELETE", path, { ifMatch: 1 })).toBe(204);
    expect((await taskOf(task)).body).toMatchObject({ title: "Kept", version: 1 });
    expect([await change({ titel: "x" }), await change({ title: "x" }, 9)]).toEqual([400, 412]);
    const foreign = await addTask({ title: "A colleague's" }, colleague);
    expect(await asked(token, "DELETE", `/v1/tasks/${foreign.id}`, { ifMatch: 1 })).toBe(404);
  });

  const endings: Readonly<Record<string, (request: StoredAiRequest, who: SignedIn) => Promise<unknown>>> = {
    "its request was answered": (request) => end(request, { status: "completed" }),
    "its request failed": (request) => end(request, { status: "failed" }),
    "its request has run too long": (request) =>
      end(request, { started_at: new Date(Date.now() - 181_000).toISOString() }),
    "its request was cancelled": ({ id }, { token }) =>
      ok(client.cancelAiRequest({ token, params: { ai_request_id: id } })),
    "its user signed out": (_, { token }) => expectStatus(204, "POST", "/v1/auth/logout", { token }),
    "its user was deactivated": (_, { user }) =>
      expectStatus(204, "DELETE", `/v1/users/${user.id}`, {
        token: admin.token,
        headers: { "if-match": '"1"' },
      }),
  };
  const end = async (request: StoredAiRequest, changes: object) =>
    table.commit(
      changeRecord<typeof aiRequestRecord, object>(
        aiRequestRecord,
        request,
        changes,
        invocation("test", null),
      ).writes,
    );

  test.each(Object.entries(endings))("is good for nothing once %s", async (_, ending) => {
    const who = await addUser(admin, "agent");
    const request = await ask(who);
    const token = tokenOf(await assistantOf(request));
    expect(await asked(token, "GET", "/v1/tasks")).toBe(200);
    await ending(request, who);
    expect(await tried(token)).toEqual(nothing);
    const made = await proposing(request, { operation_id: "createTask", body: { title: "T" } });
    expect(made).toMatchObject({ ok: false, problem: expect.stringContaining("unauthenticated") });
  });

  test("of one who signed in by a key ends with the key, and may what the key may", async () => {
    const made = await expectStatus(201, "POST", "/v1/api-keys", {
      ...{ token: admin.token, body: { name: unique(), grants: ["task:read:brokerage"] } },
    });
    const request = await ask(admin, { session_id: undefined, api_key_id: made.id });
    const token = tokenOf(await assistantOf(request));
    expect(await asked(token, "GET", "/v1/tasks")).toBe(200);
    expect(await asked(token, "POST", "/v1/tasks", { body: { title: "T" } })).toBe(403);
    expect(await asked(token, "GET", "/v1/clients")).toBe(403);
    await expectStatus(204, "DELETE", `/v1/api-keys/${made.id}`, { token: admin.token });
    expect(await asked(token, "GET", "/v1/tasks")).toBe(401);
  });

  test("is no session's, nor a session's an assistant's: their keys are apart", async () => {
    const { assistantKeys, sessionKeys } = await forged();
    const read = await inProcess(named("listTasks"));
    for (const token of [assistantKeys, sessionKeys]) {
      expect(await asked(token, "GET", "/v1/tasks")).toBe(401);
      expect((await read({ token })).status).toBe(401);
    }
  });

  test("sabotage: where both know both keys, each passes for the other", async () => {
    const { assistantKeys, sessionKeys } = await forged();
    const mixed = (real: Table): Table => ({
      ...real,
      async get<T extends Key>(key: Key) {
        const item = await real.get<T & { keys?: object[]; assistant_keys?: object[] }>(key);
        if (key.pk !== jwksKey.pk) return item;
        const all = [...(item?.keys ?? []), ...(item?.assistant_keys ?? [])];
        return { ...item!, keys: all, assistant_keys: all };
      },
    });
    try {
      const read = await inProcess(withTable(named("listTasks"), mixed));
      for (const token of [assistantKeys, sessionKeys]) expect((await read({ token })).status).toBe(200);
    } finally {
      // What a process knows of keys it knows for all functions in it: the right ones again.
      await inProcess(named("getHealth"));
    }
  });

  /** A session's token that is signed with the assistant's key, and an assistant's that is signed with the sessions'. */
  async function forged() {
    const { key } = AssistantSecret.parse(
      JSON.parse(await readSecret("assistant").open(cloud.assistantSecret).read()),
    );
    const { session_key } = await signingSecret(readSecret("signing").open(cloud.signingSecret));
    const request = await ask(agent);
    const claims = { bid: brokerageOf(agent), sid: sessionOf(agent) };
    const sign = async (by: object, { typ }: { readonly typ: string }, said: object) =>
      new SignJWT({ ...said })
        .setProtectedHeader({ alg: tokenRules.algorithm, typ, kid: (by as { kid: string }).kid })
        .setIssuer(tokenRules.issuer)
        .setAudience(tokenRules.audience)
        .setSubject(agent.user.id)
        .setIssuedAt()
        .setExpirationTime("3m")
        .sign(await importJWK(by as JWK, tokenRules.algorithm));
    return {
      assistantKeys: await sign(key, tokenRules, claims),
      sessionKeys: await sign(session_key, assistantTokenRules, {
        ...claims,
        air: request.id,
        act: "assistant",
      }),
    };
  }
});
