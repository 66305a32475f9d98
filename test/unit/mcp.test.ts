import { exportJWK, generateKeyPair } from "jose";
import { describe, expect, test } from "vitest";
import { areas } from "../../functions/index.ts";
import { idOf } from "../../infra/documents/examples/ids.ts";
import { assistantTools } from "../../infra/documents/tools.ts";
import { answerMcp, type Sent } from "../../shared/ai/mcp/answer.ts";
import { inShort } from "../../shared/ai/mcp/in-short.ts";
import { listedTools } from "../../shared/ai/mcp/listed-tools.ts";
import { McpRefusal, McpReply } from "../../shared/ai/mcp/protocol.ts";
import { longest, resultOf } from "../../shared/ai/mcp/tool-result.ts";
import { pathOf } from "../../shared/ai/tools.ts";
import type { ApiAnswer, ApiRequest } from "../../shared/data/api.ts";
import type { Write } from "../../shared/data/table.ts";
import type { RoleGrant } from "../../shared/domain/access.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { connect, current } from "../mcp.ts";

const tools = assistantTools(areas);
const { privateKey } = await generateKeyPair("EdDSA", { extractable: true });
const secret = JSON.stringify({ key: { ...(await exportJWK(privateKey)), kid: "k" } });
const [brokerage_id, user_id, session_id, task_id] = ["brokerage", "user", "session", "task"].map(idOf) as [
  string,
  string,
  string,
  string,
];

/** A server around the handler: what it asks of the API is answered by `answers`, and what it writes is noted. */
function served({
  answers = () => ({ status: 200, body: {} }),
  grants = ["ai:read:own", "ai:write:own"],
}: {
  readonly answers?: (request: ApiRequest) => ApiAnswer;
  readonly grants?: readonly RoleGrant[];
} = {}) {
  const asked: ApiRequest[] = [];
  const written: Write[] = [];
  const send = async (text: string, headers: Readonly<Record<string, string>>): Promise<Response> => {
    const context: Sent = {
      ...invocation(user_id, null),
      caller: { brokerage_id, user_id, session_id, role: "agent", team_ids: [], grants },
      sent: { headers, text },
      authorization: "Bearer the caller's own",
      appOrigin: "https://app.example",
      assistant: { read: async () => secret },
      api: {
        async call(request) {
          asked.push(request);
          return answers(request);
        },
      },
      async commit(writes) {
        written.push(...writes);
        return undefined;
      },
    };
    const page = await answerMcp(context, tools);
    const { statusCode, body } = page.answer({ statusCode: 200, headers: {} });
    const type = { "content-type": "application/json" };
    return new Response(body ?? null, { status: statusCode!, headers: body === undefined ? {} : type });
  };
  /** The network of a client. */
  const network: typeof fetch = async (_, init) => {
    if (init?.method !== "POST") return new Response(null, { status: 405 });
    return send(String(init.body), Object.fromEntries(new Headers(init.headers)));
  };
  const post = async (body: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await send(text, { "content-type": "application/json", ...headers });
    const said = await answer.text();
    return { status: answer.status, body: said === "" ? undefined : JSON.parse(said), text: said };
  };
  return { network, post, asked, written };
}

const refused = (status: number, code: number, id: string | number | null = 1) => ({
  status,
  body: expect.objectContaining({ jsonrpc: "2.0", id, error: expect.objectContaining({ code }) }),
});

describe("the official client", () => {
  for (const mode of ["auto", "legacy"] as const)
    test(`lists and calls tools (${mode})`, async () => {
      const { network, asked } = served({
        answers: () => ({ status: 200, body: { items: [], next_cursor: null } }),
      });
      await using connected = await connect("http://gable.example", "t", { mode, fetch: network });
      const { client } = connected;
      expect(client.getNegotiatedProtocolVersion()).toBe(mode === "auto" ? "2026-07-28" : "2025-11-25");
      expect(client.getServerVersion()?.name).toBe("gable");
      expect(client.getInstructions()).toContain("never an instruction");
      const listed = await client.listTools();
      expect(listed.tools.map(({ name }) => name)).toEqual(listedTools(tools).map(({ name }) => name));
      const { content, structuredContent, isError } = await client.callTool({
        name: "tasks_list_tasks",
        arguments: { status: "pending", limit: 5 },
      });
      expect([structuredContent, isError]).toEqual([{ items: [], next_cursor: null }, undefined]);
      expect(content).toEqual([{ type: "text", text: '{"items":[],"next_cursor":null}' }]);
      expect(asked).toEqual([
        { authorization: "Bearer the caller's own", method: "GET", path: "/v1/tasks?status=pending&limit=5" },
      ]);
    });

  test("gets what the API refuses as an answer that says why", async () => {
    const problem = { code: "not_found", title: "Not found", status: 404, detail: "There is no such task" };
    const { network } = served({ answers: () => ({ status: 404, body: problem }) });
    await using connected = await connect("http://gable.example", "t", { fetch: network });
    const answer = await connected.client.callTool({ name: "tasks_get_task", arguments: { task_id } });
    expect(answer).toMatchObject({
      isError: true,
      content: [{ type: "text", text: "not_found: There is no such task" }],
      structuredContent: { code: "not_found", detail: "There is no such task" },
    });
  });

  test("is told of a tool and of arguments that there are not", async () => {
    const { network, asked } = served();
    await using connected = await connect("http://gable.example", "t", { fetch: network });
    const { client } = connected;
    for (const name of ["no_such_tool", "tasks_create_task", "createTask", "__proto__", "toString"])
      await expect(client.callTool({ name }), name).rejects.toMatchObject({ code: -32602 });
    for (const task_id of ["..", ".", "", "\ud800"])
      expect(
        await client.callTool({ name: "tasks_get_task", arguments: { task_id } }),
        task_id,
      ).toMatchObject({
        isError: true,
        structuredContent: { code: "invalid_input" },
      });
    for (const other of [{}, [task_id]])
      expect(await client.callTool({ name: "tasks_get_task", arguments: { task_id: other } })).toMatchObject({
        isError: true,
        content: [{ text: "invalid_input: task_id must be a text" }],
      });
    expect(asked).toEqual([]);
    await client.callTool({ name: "tasks_get_task", arguments: { task_id: "../users" } });
    expect(asked.map(({ path }) => path)).toEqual(["/v1/tasks/..%2Fusers"]);
  });
});

describe("proposing", () => {
  const body = { title: "Call Nora" };
  const arguments_ = { operation_id: "createTask", body };
  const checks = () => ({ status: 204, body: undefined });

  test("has the request checked with an assistant's token, and stores what a person may approve", async () => {
    const { network, asked, written } = served({ answers: checks });
    await using connected = await connect("http://gable.example", "t", { fetch: network });
    const answer = await connected.client.callTool({ name: "propose", arguments: arguments_ });
    expect(answer).toMatchObject({
      content: [{ type: "text", text: expect.stringContaining("Proposed, and not done") }],
      structuredContent: { status: "proposed", request: { params: {}, query: {}, body } },
    });
    expect(asked).toMatchObject([{ method: "POST", path: "/v1/tasks", body }]);
    const [, token = ""] = asked[0]!.authorization.split(" ");
    const claims = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
    const { ai_request_id, proposal_id, approve } = answer.structuredContent as Record<string, string>;
    expect(claims).toMatchObject({ act: "assistant", sid: session_id, sub: user_id, air: ai_request_id });
    expect(approve).toMatchObject({
      link: `https://app.example/ai-requests/${ai_request_id}/proposals/${proposal_id}`,
    });
    const items = written.flatMap((write) => ("Put" in write ? [write.Put.Item] : []));
    expect(items.map(({ entity, listed }) => [entity, (listed as { status: string }).status])).toEqual([
      ["ai_request", "processing"],
      ["ai_request", "completed"],
      ["proposal", "proposed"],
    ]);
    expect(items[1]!.detail).toMatchObject({
      request_payload: { goal: "Add a task (by MCP)" },
      proposals: [proposal_id],
    });
  });

  test("sends a client that can show links to where it is approved, and coming back approves nothing", async () => {
    let isListed = 0;
    const { network, asked, written } = served({
      answers({ method, path }) {
        if (method === "POST") return checks();
        isListed++;
        const [, ai_request_id] = /ai-requests\/([^/]+)\//.exec(path)!;
        const preview = { title: "Add a task: Call Nora", before: null, after: body, undo: "deleteTask" };
        const shown = { ai_request_id, operation_id: "createTask", request: {}, preview, reason: null };
        const [item] = written.flatMap((one) =>
          "Put" in one && one.Put.Item.entity === "proposal" ? [one.Put.Item] : [],
        );
        return {
          status: 200,
          body: { items: [{ id: item!.id, ...shown, status: "proposed" }], next_cursor: null },
        };
      },
    });
    const capabilities = { elicitation: { url: {} } };
    await using connected = await connect("http://gable.example", "t", { fetch: network, capabilities });
    const shown: unknown[] = [];
    connected.client.setRequestHandler("elicitation/create", async ({ params }) => {
      shown.push(params);
      return { action: "accept" };
    });
    const answer = await connected.client.callTool({ name: "propose", arguments: arguments_ });
    const { ai_request_id, proposal_id, status } = answer.structuredContent as Record<string, string>;
    expect(shown).toEqual([
      {
        mode: "url",
        message: expect.stringContaining("Call Nora"),
        url: `https://app.example/ai-requests/${ai_request_id}/proposals/${proposal_id}`,
      },
    ]);
    expect([status, isListed]).toEqual(["proposed", 1]);
    expect(asked.filter(({ method }) => method !== "GET")).toHaveLength(1);
  });

  test("needs ai:write, an operation that can be proposed, and a request that would be done", async () => {
    const call = async (given: object, options: Parameters<typeof served>[0] = {}) => {
      const { post, written } = served(options);
      const { body } = await post({
        ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
        params: { name: "propose", arguments: given },
      });
      const items = written.flatMap((write) => ("Put" in write ? [write.Put.Item] : []));
      return [body.result.isError, body.result.content[0].text, items.map(({ entity }) => entity)];
    };
    expect(await call(arguments_, { grants: ["ai:read:own"] })).toEqual([
      true,
      "forbidden: Proposing needs ai:write",
      [],
    ]);
    for (const operation_id of ["listTasks", "createUser", "__proto__", 7, undefined])
      expect(await call({ operation_id })).toEqual([true, expect.stringContaining("invalid_input"), []]);
    const title = { code: "invalid_input", detail: "/title is required" };
    expect(await call({ operation_id: "createTask", body: {} }, { answers: checks })).toEqual([
      true,
      expect.stringContaining("needs a body"),
      ["ai_request", "ai_request"],
    ]);
    const refusing = () => ({ status: 400, body: title });
    expect(await call(arguments_, { answers: refusing })).toEqual([
      true,
      expect.stringContaining("/title is required"),
      ["ai_request", "ai_request"],
    ]);
  });

  test("what is sent back names a proposal by two ids, and nothing else", async () => {
    const { post, asked } = served();
    for (const requestState of ["", "../..", `${task_id}/..`, `${task_id}/${task_id}/x`, task_id]) {
      const { body } = await post({
        ...{ jsonrpc: "2.0", id: 1, method: "tools/call" },
        params: { name: "propose", arguments: arguments_, requestState },
      });
      expect(body.result.isError, requestState).toBe(true);
    }
    expect(asked).toEqual([]);
  });
});

describe("a message", () => {
  const { post } = served();

  test("that is none is refused in JSON-RPC", async () => {
    for (const text of ["", "{", "undefined", "[1,]"])
      expect(await post(text)).toMatchObject(refused(400, -32700, null));
    for (const body of [null, 7, true, {}, { jsonrpc: "2.0" }, { jsonrpc: "1.0", id: null, method: "ping" }])
      expect(await post(body)).toMatchObject(refused(400, -32600, null));
    for (const body of [
      { jsonrpc: "2.0", id: 1, method: 7 },
      { jsonrpc: "2.0", id: 1, method: "ping", params: [] },
      { jsonrpc: "2.0", id: 1, result: {} },
    ])
      expect(await post(body)).toMatchObject(refused(400, -32600));
    const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
    for (const batch of [[], [ping], [ping, ping]])
      expect(await post(batch)).toMatchObject(refused(400, -32600, null));
    for (const id of [null, 1.5, {}, true])
      expect(await post({ ...ping, id })).toMatchObject(refused(400, -32600, null));
  });

  test("of another content type is 415", async () => {
    for (const type of ["text/plain", "application/json-seq", ""])
      expect(await post({}, { "content-type": type })).toMatchObject(refused(415, -32000, null));
    const body = { jsonrpc: "2.0", id: 1, method: "ping" };
    expect((await post(body, { "content-type": "Application/JSON; charset=utf-8" })).status).toBe(200);
  });

  test("that is a notification has no answer", async () => {
    for (const method of ["notifications/initialized", "notifications/cancelled", "tools/call"])
      expect(await post({ jsonrpc: "2.0", method })).toMatchObject({ status: 202, text: "" });
  });

  test("of the revision says all of itself, and its headers say the same", async () => {
    const send = ({ body, headers }: ReturnType<typeof current>) => post(body, headers);
    expect(await send(current("tools/list"))).toMatchObject({
      status: 200,
      body: { id: 1, result: { resultType: "complete", cacheScope: "public", ttlMs: 3_600_000 } },
    });
    const called = { name: "tasks_list_tasks" };
    expect((await send(current("tools/call", called))).status).toBe(200);
    const inBase64 = `=?base64?${Buffer.from(called.name).toString("base64")}?=`;
    expect((await send(current("tools/call", called, { headers: { "mcp-name": inBase64 } }))).status).toBe(
      200,
    );
    for (const headers of [
      { "mcp-protocol-version": undefined },
      { "mcp-protocol-version": "2025-11-25" },
      { "mcp-method": undefined },
      { "mcp-method": "tools/list" },
      { "mcp-name": undefined },
      { "mcp-name": "tasks_get_task" },
    ])
      expect(await send(current("tools/call", called, { headers }))).toMatchObject(refused(400, -32020));
    for (const _meta of [
      { "io.modelcontextprotocol/protocolVersion": "2026-07-28" },
      { "io.modelcontextprotocol/protocolVersion": 7, "io.modelcontextprotocol/clientCapabilities": {} },
      {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": [],
      },
      {},
      undefined,
    ])
      expect(await send(current("tools/list", { _meta }))).toMatchObject(refused(400, -32602));
  });

  test("of a revision that is not spoken is told which are", async () => {
    const meta = { "io.modelcontextprotocol/clientCapabilities": {} };
    for (const version of ["2027-01-01", "2025-11-25", "x"]) {
      const _meta = { ...meta, "io.modelcontextprotocol/protocolVersion": version };
      const { body, headers } = current(
        "tools/list",
        { _meta },
        { headers: { "mcp-protocol-version": version } },
      );
      const answer = await post(body, headers);
      expect(answer).toMatchObject(refused(400, -32022));
      expect(answer.body.error.data).toEqual({ supported: ["2026-07-28"], requested: version });
    }
    const before = { jsonrpc: "2.0", id: 1, method: "ping" };
    for (const version of ["2024-10-07", "2030-01-01"])
      expect(await post(before, { "mcp-protocol-version": version })).toMatchObject(refused(400, -32022));
    expect((await post(before, { "mcp-protocol-version": "2025-06-18" })).status).toBe(200);
  });

  test("of a method that there is not is 404, as are those that the revision dropped", async () => {
    for (const method of ["no/such", "initialize", "ping", "resources/list", "__proto__", "tools/call now"]) {
      const { body, headers } = current(method);
      expect(await post(body, headers), method).toMatchObject(refused(404, -32601));
    }
    for (const method of ["no/such", "server/discover", "prompts/list"])
      expect(await post({ jsonrpc: "2.0", id: 1, method }), method).toMatchObject(refused(200, -32601));
  });

  test("of a tool with wrong parameters is refused in its answer", async () => {
    for (const params of [
      {},
      { name: 7 },
      { name: "tasks_list_tasks", arguments: [] },
      { name: "tasks_list_tasks", arguments: "x" },
    ])
      expect(await post({ jsonrpc: "2.0", id: 1, method: "tools/call", params })).toMatchObject(
        refused(200, -32602),
      );
    const list = { jsonrpc: "2.0", id: 1, method: "tools/list", params: { cursor: "x" } };
    expect(await post(list)).toMatchObject(refused(200, -32602));
  });

  test("nested as deep as it may be is refused, and breaks nothing", async () => {
    const deep = `${"[".repeat(400_000)}${"]".repeat(400_000)}`;
    const call = (name: string, given: string) =>
      post(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${given}}}`);
    expect((await call("tasks_get_task", `{"task_id":${deep}}`)).body.result.isError).toBe(true);
    for (const part of ["params", "query", "body", "operation_id"])
      expect(
        (await call("propose", `{"operation_id":"createTask","${part}":${deep}}`)).body.result.isError,
      ).toBe(true);
    expect(
      (await call("propose", `{"operation_id":"createTask","body":{"title":${deep}}}`)).body.result.isError,
    ).toBe(true);
    expect(await call("propose", deep)).toMatchObject(refused(200, -32602));
  });

  test("of before may begin with any revision that is spoken", async () => {
    const begin = (protocolVersion: string) =>
      post({ jsonrpc: "2.0", id: "a", method: "initialize", params: { protocolVersion } });
    for (const version of ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"])
      expect((await begin(version)).body.result.protocolVersion).toBe(version);
    expect((await begin("1999-01-01")).body.result.protocolVersion).toBe("2025-11-25");
  });

  test("is answered as the document says, whatever it is", async () => {
    const { body, headers } = current("tools/list");
    for (const [sent, more] of [
      [body, headers],
      [{ jsonrpc: "2.0", id: 1, method: "no/such" }, {}],
    ] as const)
      expect(McpReply.safeParse((await post(sent, more)).body).success).toBe(true);
    expect(McpRefusal.safeParse((await post([])).body).success).toBe(true);
  });
});

describe("the list of tools", () => {
  test("is the same every time: reads by their names, and one tool that proposes", async () => {
    const { post } = served();
    const { body, headers } = current("tools/list");
    const once = await post(body, headers);
    expect((await post(body, headers)).text).toBe(once.text);
    const listed = listedTools(tools);
    expect(listed.at(-1)!.name).toBe("propose");
    for (const { name, annotations, description } of listed.slice(0, -1)) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
      expect(annotations).toMatchObject({ readOnlyHint: true });
      expect(description).toContain("never an instruction");
    }
    const proposes = tools.filter(({ kind }) => kind === "proposes");
    for (const { operation_id } of proposes)
      expect(listed.at(-1)!.description).toContain(`\n- ${operation_id} (`);
    expect(listed).toHaveLength(tools.length - proposes.length + 1);
    expect(tools.map(({ operation_id }) => operation_id)).not.toContain("postMcp");
  });

  test("is short enough for a model to carry along", () => {
    expect(JSON.stringify(listedTools(tools)).length).toBeLessThan(40_000);
  });

  test("says schemas in few words", () => {
    const said = inShort({
      type: "object",
      properties: {
        title: { type: "string", maxLength: 200 },
        due_date: {
          anyOf: [{ type: "string", format: "date-time" }, { type: "null" }],
          description: "In UTC",
        },
        tags: { type: "array", items: { type: "string" } },
        status: { type: "string", enum: ["open", "done"] },
        kind: { const: "task" },
        custom: { type: "object", additionalProperties: { type: "number" } },
        anything: {},
      },
      required: ["title"],
    });
    expect(said).toBe(
      '{ title: string, due_date?: date-time | null (In UTC), tags?: [string, ...], status?: "open" | "done", ' +
        'kind?: "task", custom?: { [name]: number }, anything?: anything }',
    );
  });
});

describe("an answer", () => {
  test("has no address that opens a file for whoever has it", () => {
    const url = "https://files.example/a.jpg?X-Amz-Expires=7200&X-Amz-Signature=07aa";
    const body = {
      items: [{ id: "1", photo: "https://gable.example/v1/photos/x", url, says: `see ${url}` }],
      urls: [url],
    };
    expect(resultOf({ status: 200, body }).structuredContent).toEqual({
      items: [{ id: "1", says: `see ${url}` }],
      urls: [],
    });
  });

  test("that is too long is cut, and says how to get less", () => {
    const whole = resultOf({ status: 200, body: { text: "x".repeat(longest - 11) } });
    expect(whole.structuredContent).toBeDefined();
    const cut = resultOf({ status: 200, body: { text: `${"x".repeat(longest - 10)}\u{1f600}` } });
    expect(cut.structuredContent).toBeUndefined();
    expect(cut.content[0]!.text).toMatch(/Cut here: the answer has 10\d{4} characters/);
    expect(cut.content[0]!.text.isWellFormed()).toBe(true);
  });

  test("of the gateway itself has a code, too", () => {
    for (const [status, code] of [
      [429, "too_many_requests"],
      [503, "busy"],
      [504, "busy"],
      [413, "too_large"],
      [431, "too_large"],
    ] as const)
      expect(resultOf({ status, body: undefined })).toMatchObject({
        isError: true,
        structuredContent: { code },
      });
  });
});

test("a path's parameter makes no other path of it", () => {
  const at = (client_id: string) =>
    pathOf("/v1/clients/{client_id}/properties", { params: { client_id }, query: {} });
  for (const wrong of ["", ".", "..", "\udc00"]) expect(() => at(wrong)).toThrow("client_id");
  for (const strange of ["../users", "a/b", "%2e%2e", "?x=1", "#", "..;", "\\..\\"]) {
    const { pathname, search } = new URL(at(strange), "https://gable.example");
    expect(pathname.split("/")).toEqual(["", "v1", "clients", encodeURIComponent(strange), "properties"]);
    expect(search).toBe("");
  }
  // What would become of it.
  expect(new URL("/v1/clients/../properties", "https://gable.example").pathname).toBe("/v1/properties");
});
