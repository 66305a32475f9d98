import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chatRequest } from "../../shared/ai/provider/chat-completions.ts";
import {
  type Ask,
  openProvider,
  ProviderError,
  ProviderSecret,
  providerSecretIn,
} from "../../shared/ai/provider/provider.ts";
import { responsesRequest } from "../../shared/ai/provider/responses.ts";
import { type ProviderServer, providerServer, type ServerOptions } from "../ai/provider-server.ts";
import {
  answers,
  calls,
  fails,
  hangs,
  refuses,
  type Script,
  says,
  sends,
  truncates,
  unreliable,
} from "../ai/step.ts";

const servers: ProviderServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const key = "sk-test-1234567890";
const prompt = "Describe the house of CANARY-Miller";
const ask: Ask = {
  ...{ model: "gpt-6.1-terra", instructions: "Be short.", max_output_tokens: 500 },
  turns: [{ role: "user", text: prompt }],
};
const tools = [
  {
    name: "tasks_list_tasks",
    description: "Lists tasks",
    parameters: { type: "object", properties: { q: { type: "string" } } },
  },
];
const noLimit = () => ({ signal: new AbortController().signal, seconds: 10 });

type Protocol = "responses" | "chat_completions";

async function open(script: Script, protocol: Protocol = "responses", more: Partial<ServerOptions> = {}) {
  const server = await providerServer({ script, key, ...more });
  servers.push(server);
  const secret = ProviderSecret.parse({ api_key: key, base_url: server.url, protocol });
  return { server, provider: await openProvider(secret) };
}

/** The error that a call ends with. Anything but a `ProviderError` fails the test. */
async function errorOf(call: Promise<unknown>): Promise<ProviderError> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(ProviderError);
  return outcome as ProviderError;
}

describe.each(["responses", "chat_completions"] as const)("by %s", (protocol) => {
  test("a text comes with what it used", async () => {
    const usage = { input_tokens: 900, cached_tokens: 640, cache_write_tokens: 100, output_tokens: 30 };
    const { provider, server } = await open([says("A sunny house.", { usage })], protocol);
    const answer = await provider.ask(ask, noLimit());
    expect(answer).toMatchObject({ text: "A sunny house.", calls: [], usage, end: "done" });
    expect(server.requests).toHaveLength(1);
  });

  test("several calls of tools, their outputs, and a second round are replayed as they came", async () => {
    const made = [
      { tool: "tasks_list_tasks", arguments: { q: "open house" } },
      { tool: "tasks_list_tasks", arguments: "" },
    ];
    const { provider, server } = await open([calls(...made), calls(made[0]!), says("Two tasks.")], protocol);
    const turns = [...ask.turns];
    for (const round of [2, 1]) {
      const answer = await provider.ask({ ...ask, turns, tools }, noLimit());
      expect(answer.calls).toHaveLength(round);
      expect(answer.calls[0]).toMatchObject({
        name: "tasks_list_tasks",
        arguments: JSON.stringify({ q: "open house" }),
      });
      if (round === 2) expect(answer.calls[1]!.arguments).toBe("{}");
      // As the worker keeps it: as JSON.
      turns.push({ role: "model", output: JSON.parse(JSON.stringify(answer.output)) });
      for (const { id } of answer.calls) turns.push({ role: "tool", call_id: id, output: `{"items":[]}` });
    }
    const last = await provider.ask({ ...ask, turns, tools }, noLimit());
    expect(last.text).toBe("Two tasks.");
    const sent = server.requests[2]!.body;
    if (protocol === "responses")
      expect(sent.input.map(({ type }: { type: string }) => type)).toEqual([
        ...["message", "reasoning", "function_call", "function_call", "function_call_output"],
        ...["function_call_output", "reasoning", "function_call", "function_call_output"],
      ]);
    else
      expect(sent.messages.map(({ role }: { role: string }) => role)).toEqual([
        ...["system", "user", "assistant", "tool", "tool", "assistant", "tool"],
      ]);
  });

  test("an earlier conversation is sent with both of its sides", async () => {
    const { provider, server } = await open([says("Yes.")], protocol);
    await provider.ask(
      {
        ...ask,
        turns: [...ask.turns, { role: "assistant", text: "Done." }, { role: "user", text: "Sure?" }],
      },
      noLimit(),
    );
    expect(server.requests[0]!.refused).toBeUndefined();
  });

  test("an answer of a schema is asked for strictly where strict mode can take it", async () => {
    const closed = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      ...{ type: "object", additionalProperties: false, required: ["text"] },
      properties: { text: { type: "string" } },
    };
    const open_ = { type: "object", properties: { text: { type: "string", maxLength: 9 } } };
    const { provider, server } = await open([answers({ text: "Hi" }), answers({ text: "Hi" })], protocol);
    for (const schema of [closed, open_]) {
      const { text } = await provider.ask({ ...ask, schema: { name: "draft", schema } }, noLimit());
      expect(JSON.parse(text)).toEqual({ text: "Hi" });
    }
    const strict = server.requests.map(({ body }) =>
      protocol === "responses" ? body.text.format.strict : body.response_format.json_schema.strict,
    );
    expect(strict).toEqual([true, false]);
  });

  test("a refusal and a cut-off answer end as what they are, and call nothing", async () => {
    const { provider } = await open(
      [
        refuses("No."),
        truncates("A sunny ho"),
        { end: "truncated", calls: [{ tool: "tasks_list_tasks", arguments: '{"q": "op' }] },
        { end: "filtered", text: "" },
      ],
      protocol,
    );
    const next = () => provider.ask(ask, noLimit());
    expect(await next()).toMatchObject({ end: "refused", text: "No.", calls: [] });
    expect(await next()).toMatchObject({ end: "truncated", text: "A sunny ho" });
    expect(await next()).toMatchObject({ end: "truncated", calls: [] });
    expect(await next()).toMatchObject({ end: "refused", calls: [] });
  });

  test("a busy server is asked again no sooner than it says, and never by the client itself", async () => {
    const { provider, server } = await open(
      [
        fails(429, { headers: { "retry-after": "7" } }),
        fails(429, { headers: { "retry-after-ms": "1500", "retry-after": "9" } }),
        fails(503, { headers: { "retry-after": "soon" } }),
        fails(429, { headers: { "x-should-retry": "false" } }),
        fails(429, { code: "insufficient_quota" }),
      ],
      protocol,
    );
    const next = () => errorOf(provider.ask(ask, noLimit()));
    expect(await next()).toMatchObject({ kind: "busy", again: true, retryAfter: 7000, mayBePaid: false });
    expect(await next()).toMatchObject({ kind: "busy", retryAfter: 1500 });
    expect(await next()).toMatchObject({ kind: "busy", again: true, retryAfter: undefined });
    expect(await next()).toMatchObject({ kind: "busy", again: false });
    expect(await next()).toMatchObject({ kind: "rejected", again: false });
    expect(server.requests).toHaveLength(5);
  });

  test("a server that fails may help later, and may have counted what it did", async () => {
    const { provider, server } = await open([fails(500), fails(504), fails(409)], protocol);
    const next = () => errorOf(provider.ask(ask, noLimit()));
    expect(await next()).toMatchObject({ kind: "failed", again: true, mayBePaid: true });
    expect(await next()).toMatchObject({ kind: "failed", again: true, mayBePaid: true });
    expect(await next()).toMatchObject({ kind: "failed", again: true, mayBePaid: false });
    expect(server.requests).toHaveLength(3);
  });

  test.each([400, 401, 403, 404, 413, 422, 302, 307])(
    "%i is a refusal that no other try changes; its message has neither key nor prompt",
    async (status) => {
      const message = `Incorrect key ${key}; you sent: ${prompt}`;
      const headers = { location: "http://127.0.0.1:9/elsewhere", "x-echo": key };
      const { provider, server } = await open([fails(status, { message, headers, code: key })], protocol);
      const error = await errorOf(provider.ask(ask, noLimit()));
      expect(error).toMatchObject({ kind: "rejected", again: false, mayBePaid: false });
      expect(error.cause).toBeUndefined();
      const shown = `${error.message} ${error.stack} ${JSON.stringify(error)}`;
      expect(shown).not.toMatch(/sk-test|CANARY/);
      expect(error.message).toContain(String(status));
      expect(server.requests).toHaveLength(1);
    },
  );

  test("our time limit ends a call that hangs, and one that drips, and the server sees it go", async () => {
    const { provider, server } = await open([hangs, says("x".repeat(2000), { drip: 200 })], protocol);
    for (const at of [0, 1]) {
      const begun = performance.now();
      const error = await errorOf(provider.ask(ask, { ...noLimit(), seconds: 0.3 }));
      expect(error).toMatchObject({ kind: "timeout", again: true, mayBePaid: true });
      expect(performance.now() - begun).toBeLessThan(2000);
      await expect.poll(() => server.requests[at]!.abandoned).toBe(true);
    }
  });

  test("a slow answer within the limit is read whole", async () => {
    const { provider } = await open([says("Slow. ".repeat(50), { drip: 5, after: 50 })], protocol);
    expect((await provider.ask(ask, noLimit())).text).toHaveLength(300);
  });

  test("cancelling aborts the call: the server sees the connection close", async () => {
    const { provider, server } = await open([hangs], protocol);
    const cancel = new AbortController();
    const call = errorOf(provider.ask(ask, { signal: cancel.signal, seconds: 10 }));
    await expect.poll(() => server.requests.length).toBe(1);
    const asked = performance.now();
    cancel.abort();
    expect(await call).toMatchObject({ kind: "cancelled", again: false, mayBePaid: true });
    expect(performance.now() - asked).toBeLessThan(2000);
    await expect.poll(() => server.requests[0]!.abandoned).toBe(true);
    const second = await errorOf(provider.ask(ask, { signal: cancel.signal, seconds: 10 }));
    expect(second).toMatchObject({ kind: "cancelled", mayBePaid: false });
    expect(server.requests).toHaveLength(1);
  });

  test("an answer may have a megabyte and no more", async () => {
    const { provider } = await open([says("x".repeat(990_000)), says("x".repeat(1_000_000))], protocol);
    expect((await provider.ask(ask, noLimit())).text).toHaveLength(990_000);
    expect(await errorOf(provider.ask(ask, noLimit()))).toMatchObject({ kind: "malformed", mayBePaid: true });
  });

  test("a server that is not there was never paid", async () => {
    const { provider, server } = await open([], protocol);
    await server.close();
    servers.pop();
    expect(await errorOf(provider.ask(ask, noLimit()))).toMatchObject({
      ...{ kind: "failed", again: true, mayBePaid: false },
    });
  });

  test("a server that fails half the time answers or says why, every time", async () => {
    const { provider, server } = await open(
      unreliable(() => says("Fine."), { seed: 7 }),
      protocol,
    );
    const kinds: Record<string, number> = {};
    for (let call = 0; call < 60; call++) {
      const kind = await provider.ask(ask, noLimit()).then(
        ({ text }) => text,
        (error) => (error instanceof ProviderError ? error.kind : `escaped: ${error}`),
      );
      kinds[kind] = (kinds[kind] ?? 0) + 1;
    }
    expect(Object.keys(kinds).sort()).toEqual(["Fine.", "busy", "failed", "malformed"]);
    expect(kinds["Fine."]).toBeGreaterThan(15);
    expect(server.requests).toHaveLength(60);
  });
});

const item = (more: object) => JSON.stringify({ status: "completed", output: [more] });
const choice = (message: object) => JSON.stringify({ choices: [{ finish_reason: "stop", message }] });
const call = (more: object) => ({ type: "function_call", call_id: "a", name: "t", arguments: "{}", ...more });
const chatCall = (more: object, called: object = {}) => ({
  ...{ id: "a", type: "function", function: { name: "t", arguments: "{}", ...called } },
  ...more,
});

/** Bodies with status 200 that are no answer. */
const nonsense: Readonly<Record<Protocol, Readonly<Record<string, string>>>> = {
  responses: {
    "an empty list of output": '{"status":"completed","output":[]}',
    "no output": '{"status":"completed"}',
    "output of another type": '{"output":"Hello"}',
    "an item that is no object": '{"output":[null]}',
    "an item without a type": '{"output":[{"text":"Hello"}]}',
    "a text that is a number": item({ type: "message", content: [{ type: "output_text", text: 7 }] }),
    "a message without content": item({ type: "message" }),
    "only reasoning": item({ type: "reasoning", id: "rs", summary: [] }),
    "a call without a name": item(call({ name: undefined })),
    "a call whose name is empty": item(call({ name: "" })),
    "a call without an id": item(call({ call_id: null })),
    "arguments that are no JSON": item(call({ arguments: "{q: open" })),
    "arguments that are a list": item(call({ arguments: "[1]" })),
    "arguments that are a number": item(call({ arguments: 3 })),
    "arguments with a number too large": item(call({ arguments: '{"price":1e999}' })),
    "arguments that are nested too deep": item(
      call({ arguments: `{"a":${"[".repeat(9000)}${"]".repeat(9000)}}` }),
    ),
    "two calls with one id": JSON.stringify({ output: [call({}), call({})] }),
    "a status of work that goes on": '{"status":"in_progress","output":[]}',
    "a status that nobody knows": '{"status":7,"output":[]}',
  },
  chat_completions: {
    "no choices": '{"choices":[]}',
    "choices of another type": '{"choices":"Hello"}',
    "a choice without a message": '{"choices":[{"finish_reason":"stop"}]}',
    "a message of another type": '{"choices":[{"message":"Hello"}]}',
    "a text that is a number": choice({ content: 7 }),
    "nothing said": choice({ content: "" }),
    "a call without a function": choice({ content: null, tool_calls: [{ id: "a", type: "function" }] }),
    "a call without a name": choice({ tool_calls: [chatCall({}, { name: undefined })] }),
    "a call without an id": choice({ tool_calls: [chatCall({ id: undefined })] }),
    "arguments that are no JSON": choice({ tool_calls: [chatCall({}, { arguments: "{q: open" })] }),
    "arguments that are a list": choice({ tool_calls: [chatCall({}, { arguments: "[1]" })] }),
    "two calls with one id": choice({ tool_calls: [chatCall({}), chatCall({})] }),
  },
};
const bodies = Object.entries(nonsense).flatMap(([protocol, ofIt]) =>
  Object.entries({
    ...ofIt,
    nothing: "",
    null: "null",
    "a number": "42",
    "a list": "[]",
    HTML: "<html>Bad gateway</html>",
    "half of a body": '{"status":"completed","output":[{"type":"mess',
    "a body nested too deep": "[".repeat(400_000) + "]".repeat(400_000),
    "a number too large": '{"output":[1e999],"choices":[1e999]}',
  }).map(([name, body]) => [protocol as Protocol, name, body] as const),
);

describe("an answer that cannot be read is malformed, whatever its content type says", () => {
  test.each(bodies)("%s: %s", async (protocol, _, body) => {
    const { provider } = await open([sends(body), sends(body, "text/html")], protocol);
    for (let time = 0; time < 2; time++)
      expect(await errorOf(provider.ask(ask, noLimit()))).toMatchObject({
        ...{ kind: "malformed", again: true, mayBePaid: true },
      });
  });

  test("a connection that breaks within the body is a failure that may have been paid", async () => {
    const { provider } = await open([says("A sunny house.", { cut: { at: 0.5, by: "break" } })]);
    expect(await errorOf(provider.ask(ask, noLimit()))).toMatchObject({
      ...{ kind: "failed", again: true, mayBePaid: true },
    });
  });

  test("a failure that comes with status 200 is one", async () => {
    const failed = (code: string) =>
      sends(JSON.stringify({ status: "failed", error: { code, message: prompt } }));
    const { provider } = await open(["server_error", "rate_limit_exceeded", "invalid_prompt"].map(failed));
    for (const kind of ["failed", "busy", "rejected"]) {
      const error = await errorOf(provider.ask(ask, noLimit()));
      expect(error).toMatchObject({ kind, again: kind !== "rejected" });
      expect(error.message).not.toContain("CANARY");
    }
  });
});

describe.each(["responses", "chat_completions"] as const)("usage that cannot be true, by %s", (protocol) => {
  const cases: readonly (readonly [string, object | null])[] = [
    ["none", null],
    ["negative", { input_tokens: -5 }],
    ["absurd", { output_tokens: 1e15 }],
    ["a string", { input_tokens: "900" }],
    ["a part of a token", { output_tokens: 1.5 }],
    ["nothing sent", { input_tokens: 0 }],
    ["null", { output_tokens: null }],
    ["more cached than sent", { input_tokens: 10, cached_tokens: 11 }],
    ["negative cached", { cached_tokens: -1 }],
  ];

  test.each(cases)("%s is none, and the answer stands", async (_, usage) => {
    const { provider } = await open([says("Fine.", { usage })], protocol);
    expect(await provider.ask(ask, noLimit())).toMatchObject({ text: "Fine.", usage: undefined });
  });

  test("cached tokens that nobody counted are none", async () => {
    const usage = { input_tokens: 9, cached_tokens: null, cache_write_tokens: undefined, output_tokens: 1 };
    const { provider } = await open([says("Fine.", { usage })], protocol);
    expect((await provider.ask(ask, noLimit())).usage).toEqual({
      ...{ input_tokens: 9, cached_tokens: 0, cache_write_tokens: 0, output_tokens: 1 },
    });
  });
});

test("halves of characters do not get through: UTF-8 has none", async () => {
  const { provider } = await open([
    sends(item({ type: "message", content: [{ type: "output_text", text: "a\ud800" }] })),
  ]);
  const answer = await provider.ask(ask, noLimit());
  expect(answer.text).toBe("a\ufffd");
  expect(JSON.stringify(answer.output)).not.toContain("\\ud800");
});

test("what a model says between its calls is replayed and is no part of its answer", async () => {
  const message = (text: string, phase?: string) => ({
    ...{ type: "message", role: "assistant", phase, content: [{ type: "output_text", text }] },
  });
  const { provider } = await open([
    sends(
      JSON.stringify({ output: [message("I look it up.", "commentary"), message("Two.", "final_answer")] }),
    ),
  ]);
  const { text, output } = await provider.ask(ask, noLimit());
  expect(text).toBe("Two.");
  expect(JSON.stringify(output)).toContain("I look it up.");
});

describe("a local server that speaks only chat completions", () => {
  test("answers text where a schema was asked, sends arguments as an object, and caches nothing", async () => {
    const { provider } = await open(
      [
        says("Sure! Here is a description."),
        calls(
          { tool: "tasks_list_tasks", arguments: { q: "a" } },
          { tool: "tasks_list_tasks", arguments: { q: "b" } },
        ),
        says("Two tasks."),
      ],
      "chat_completions",
      { kind: "local" },
    );
    const schema = { name: "draft", schema: { type: "object", properties: {} } };
    const first = await provider.ask({ ...ask, schema }, noLimit());
    expect(first.text).toBe("Sure! Here is a description.");
    expect(first.usage?.cached_tokens).toBe(0);
    const { calls: made, output } = await provider.ask({ ...ask, tools }, noLimit());
    expect(made.map((one) => JSON.parse(one.arguments))).toEqual([{ q: "a" }, { q: "b" }]);
    const turns = [
      ...ask.turns,
      { role: "model" as const, output },
      ...made.map(({ id }) => ({ role: "tool" as const, call_id: id, output: "[]" })),
    ];
    expect((await provider.ask({ ...ask, tools, turns }, noLimit())).text).toBe("Two tasks.");
  });

  test("has no Responses, and says so", async () => {
    const { provider } = await open([], "responses", { kind: "local" });
    expect(await errorOf(provider.ask(ask, noLimit()))).toMatchObject({ kind: "rejected", again: false });
  });
});

test("what is sent to OpenAI itself names the tier that is priced, and the limit that its models know", () => {
  expect(responsesRequest(ask, true)).toMatchObject({ store: false, service_tier: "default" });
  expect(responsesRequest(ask, false)).not.toHaveProperty("service_tier");
  expect(chatRequest(ask, true)).toMatchObject({ max_completion_tokens: 500, service_tier: "default" });
  expect(chatRequest(ask, true)).not.toHaveProperty("max_tokens");
  expect(chatRequest(ask, false)).toMatchObject({ max_tokens: 500 });
});

test("reasoning that the server kept to itself is not replayed: it would be an id of nothing", () => {
  const kept = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "enc_1" };
  const output = { responses: [{ type: "reasoning", id: "rs_0", summary: [] }, kept] };
  expect(responsesRequest({ ...ask, turns: [{ role: "model", output }] }, false).input).toEqual([kept]);
});

test("an output of the other protocol is refused before anything is sent", async () => {
  const { provider, server } = await open([]);
  const turns = [
    { role: "model" as const, output: { chat_completions: { role: "assistant", content: "" } } },
  ];
  expect(await errorOf(provider.ask({ ...ask, turns }, noLimit()))).toMatchObject({
    ...{ kind: "rejected", mayBePaid: false },
  });
  expect(server.requests).toHaveLength(0);
});

describe("the secret", () => {
  test.each(["", "{}", '{"api_key":""}', "5f2d9c0e8b7a4413", "1234567890"])(
    "%j means no provider",
    (text) => {
      expect(providerSecretIn(text)).toBeUndefined();
    },
  );

  test("has a key and, for another server, its address", () => {
    expect(providerSecretIn('{"api_key":"k"}')).toEqual({ api_key: "k", protocol: "responses" });
    expect(
      providerSecretIn(
        '{"api_key":"k","base_url":"http://localhost:11434/v1","protocol":"chat_completions"}',
      ),
    ).toMatchObject({ base_url: "http://localhost:11434/v1", protocol: "chat_completions" });
  });

  test.each([
    '{"api_key":"sk-1","base_url":"file:///etc"}',
    '{"api_key":"sk-1\\n"}',
    '{"api_key":"sk-1"',
    '{"api_key":"sk-1","protocol":"grpc"}',
  ])("that is wrong (%j) is an error without its values", (text) => {
    expect(() => providerSecretIn(text)).toThrow(/^The secret openai is (?!.*sk-1)/);
  });
});

test("the environment of other programs changes nothing, and importing the provider does not load the client", () => {
  const code = `
    const { registerHooks } = await import("node:module");
    const loaded = [];
    registerHooks({ resolve(name, at, next) { loaded.push(name); return next(name, at); } });
    const { openProvider } = await import("./shared/ai/provider/provider.ts");
    const early = loaded.includes("openai");
    const { createServer } = await import("node:http");
    let seen;
    const server = createServer((request, response) => { seen = request.headers; response.end("{}"); }).listen(0, "127.0.0.1");
    await new Promise((done) => server.once("listening", done));
    const provider = await openProvider({ api_key: "k", base_url: "http://127.0.0.1:" + server.address().port + "/v1", protocol: "responses" });
    const ask = { model: "m", instructions: "", turns: [{ role: "user", text: "CANARY" }], max_output_tokens: 20 };
    await provider.ask(ask, { signal: new AbortController().signal, seconds: 5 }).catch(() => {});
    server.close();
    console.log(JSON.stringify({ early, late: loaded.includes("openai"), key: seen.authorization, organization: seen["openai-organization"], project: seen["openai-project"] }));
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code], {
    cwd: join(import.meta.dirname, "../.."),
    env: {
      ...{ OPENAI_API_KEY: "sk-other", OPENAI_BASE_URL: "http://127.0.0.1:9", OPENAI_ORG_ID: "org" },
      ...{ OPENAI_PROJECT_ID: "proj", OPENAI_LOG: "debug" },
    },
    encoding: "utf8",
    timeout: 30_000,
  });
  // The log of the client would be here, with the prompt.
  expect(JSON.parse(output)).toEqual({ early: false, late: true, key: "Bearer k" });
});
