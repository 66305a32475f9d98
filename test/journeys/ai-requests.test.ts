import { beforeAll, describe, expect, test } from "vitest";
import { createAiRequest } from "../../functions/ai/create-ai-request.ts";
import { setProvider } from "../../infra/local/model-provider.ts";
import { workIn } from "../../shared/ai/work.ts";
import { workKey } from "../../shared/data/ai-requests.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import type { Asked } from "../ai/asked.ts";
import { asked, description, ended, question, withModel } from "../ai/asking.ts";
import { answers, calls, fails, hangs, refuses, type Step, says, truncates } from "../ai/step.ts";
import { client, ok } from "../client.ts";
import { addUser, api, brokerageOf, cloud, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { inProcess, table } from "../in-process.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
});

const aHouse = {
  title: "Craftsman on Pike Street",
  address: "812 Pike Street",
  city: "Seattle",
  state_or_province: "WA",
  property_type: "house",
  price: 725_000,
  bedrooms: 3,
  bathrooms: 2,
  size_sqft: 1840,
} as const;
const list = ({ token }: SignedIn = agent, body: object = aHouse) =>
  ok(client.createProperty({ token, body: body as typeof aHouse }));
const addClient = ({ token }: SignedIn, name: string) => ok(client.createClient({ token, body: { name } }));

/** What the model has heard of tools since it was asked. */
const heardOf = ({ heard }: Asked) => heard.filter(({ role }) => role === "output").map(({ text }) => text);

describe("a draft is checked against its record", () => {
  test("a right one is usable at once; its use is counted", async () => {
    const { id } = await list();
    const text = "Three bedrooms, 1,840 sq ft and two baths in Seattle for $725,000.";
    const usage = { input_tokens: 900, cached_tokens: 400, cache_write_tokens: 0, output_tokens: 60 };
    await withModel([answers({ text }, { usage })], async (model) => {
      const request = await asked(agent, description(id, `Quiet street ${model.to}`));
      expect(request).toMatchObject({
        ...{ status: "completed", source: "content", provider: "openai", attempts: 1, reason: null },
        ...{ user_id: agent.user.id, usage: { input_tokens: 900, output_tokens: 60 } },
      });
      // Dollars a million tokens: 1 for input, 0.05 from the cache, 5 for output.
      expect(request.usage.cost_usd).toBeCloseTo((500 * 1 + 400 * 0.05 + 60 * 5) / 1e6, 6);
      expect(request.response_payload).toMatchObject({ text, usable: true, checks: [] });
      const { facts } = request.response_payload as unknown as { facts: { field: string; ok: boolean }[] };
      expect(facts.map(({ field }) => field)).toEqual(
        expect.arrayContaining(["bedrooms", "size_sqft", "price"]),
      );
      expect(facts.every(({ ok }) => ok)).toBe(true);
      expect(model.requests[0]!.body).toMatchObject({ store: false, model: "gpt-6.1-terra" });
      // What records said to the model is kept no longer than the work on it.
      const work = workIn(await table.get(workKey(brokerageOf(agent), request.id)));
      expect(work).toMatchObject({ turns: [], sources: [], calls: 1, input_tokens: 900 });
    });
  });

  test("a wrong one is written again with what was found; a second wrong one is left to a person", async () => {
    const { id } = await list();
    const [wrong, right] = ["Four bedrooms and a pool.", "Three bedrooms in Seattle."];
    await withModel([answers({ text: wrong }), answers({ text: right })], async (model) => {
      const request = await asked(agent, description(id, model.to));
      expect(request.response_payload).toMatchObject({ text: right, usable: true });
      expect(JSON.stringify(model.requests[1]!.body)).toContain("Four bedrooms");
      expect(JSON.stringify(model.requests[1]!.body)).toContain("cannot be used yet");
    });
    await withModel([answers({ text: wrong }), answers({ text: wrong })], async (model) => {
      const request = await asked(agent, description(id, model.to));
      expect(request).toMatchObject({ status: "completed", attempts: 2 });
      const { facts, usable } = request.response_payload as unknown as {
        facts: { span: [number, number]; ok: boolean }[];
        usable: boolean;
      };
      expect(usable).toBe(false);
      const found = facts.filter(({ ok }) => !ok).map(({ span }) => wrong.slice(...span));
      expect(found.join(" ")).toMatch(/Four.*pool/i);
    });
  });

  test("so is one that a fair-housing rule blocks, and one that is too long", async () => {
    const { id } = await list();
    const blocked = "Three bedrooms, no children please.";
    await withModel([answers({ text: blocked }), answers({ text: blocked })], async (model) => {
      const { response_payload } = await asked(agent, description(id, model.to));
      expect(response_payload).toMatchObject({ usable: false, checks: [{ severity: "block" }] });
    });
    const long = "Three bedrooms. ".repeat(30);
    await withModel([answers({ text: long }), says("no JSON")], async (model) => {
      expect(await asked(agent, description(id, model.to))).toMatchObject({ status: "failed" });
    });
  });

  test("the record as it is at the end decides: one that was changed, deleted or unshared meanwhile", async () => {
    const { id, version } = await list();
    const text = "Three bedrooms in Seattle.";
    let changed = false;
    const change = async (): Promise<Step> => {
      const said = { token: agent.token, params: { property_id: id }, version };
      if (!changed) await ok(client.updateProperty({ ...said, body: { bedrooms: 5 } }));
      changed = true;
      return answers({ text });
    };
    await withModel(change, async (model) => {
      const request = await asked(agent, description(id, model.to));
      expect(request).toMatchObject({ status: "completed", response_payload: { usable: false } });
    });

    const client_ = await addClient(colleague, "Shared for a while");
    const share = { client_id: client_.id, grantee_kind: "user", grantee_id: agent.user.id };
    const { token } = colleague;
    await ok(client.putClientShare({ token, params: share, body: { access: "read" } }));
    const unshare = async (): Promise<Step> => {
      await ok(client.deleteClientShare({ token, params: share }));
      return answers({ subject: "Saturday", text: "See you on Saturday." });
    };
    await withModel(unshare, async (model) => {
      const request_payload = {
        kind: "follow_up_email",
        client_id: client_.id,
        goal: `Meet ${model.to}`,
      } as const;
      const request = await asked(agent, { source: "content", request_payload });
      expect(request).toMatchObject({ status: "failed", response_payload: null });
      expect(request.reason).toContain("may not read");
    });
    const mine = await list();
    const remove = async (): Promise<Step> => {
      const gone = { token: agent.token, params: { property_id: mine.id }, version: mine.version };
      await ok(client.deleteProperty(gone));
      return answers({ text });
    };
    await withModel(remove, async (model) => {
      expect(await asked(agent, description(mine.id, model.to))).toMatchObject({ status: "failed" });
    });
  });

  test("of what one may not read there is no draft, and no call of the model", async () => {
    const theirs = await addClient(colleague, "A colleague's client");
    await withModel([], async (model) => {
      const request_payload = {
        kind: "follow_up_email",
        client_id: theirs.id,
        goal: `Meet ${model.to}`,
      } as const;
      expect(await asked(agent, { source: "content", request_payload })).toMatchObject({ status: "failed" });
      expect(model.requests).toEqual([]);
    });
  });
});

describe("a conversation", () => {
  test("reads what its user may read, over the same operations, and names its sources", async () => {
    const [mine] = [await addClient(agent, "Lena Lindqvist"), await addClient(colleague, "Lena Other")];
    await waitFor(async () => {
      const { items } = await ok(client.listClients({ token: agent.token, query: { q: "lena" } }));
      return items.length === 1 ? true : undefined;
    });
    const script = (one: Asked): Step => {
      const [heard] = heardOf(one);
      if (!heard) return calls({ tool: "clients_list_clients", arguments: { q: "lena" } });
      return says(heard.includes("Lena Other") ? "Two: Lena Lindqvist, Lena Other." : "One: Lena Lindqvist.");
    };
    await withModel(script, async (model) => {
      const request = await asked(agent, question(`Which Lenas do I have? ${model.to}`));
      expect(request.response_payload).toMatchObject({
        ...{ message: "One: Lena Lindqvist.", usable: true, conversation_id: request.id },
        sources: [{ entity: "client", id: mine.id, title: "Lena Lindqvist" }],
      });
      const conversation_id = request.id;
      const messages = [{ role: "user" as const, content: `And now? ${model.to}` }];
      const next = await asked(agent, { source: "chat", request_payload: { messages, conversation_id } });
      expect(next).toMatchObject({ conversation_id, response_payload: { conversation_id } });
      const others = await api("POST", "/v1/ai-requests", {
        token: colleague.token,
        body: { source: "chat", request_payload: { messages, conversation_id } },
      });
      expect(others.status).toBe(400);
    });
  });

  test("data is fenced, and no tool writes, answers signed URLs or is another's", async () => {
    const names: string[] = [];
    const script = (one: Asked): Step => {
      names.push(...one.tools.map(({ name }) => name));
      const [heard] = heardOf(one);
      return heard
        ? says("Nothing.")
        : calls(
            { tool: "tasks_delete_task", arguments: { task_id: "x" } },
            { tool: "identity_list_users", arguments: {} },
            { tool: "properties_list_properties", arguments: { limit: "1" } },
            { tool: "properties_get_property", arguments: { property_id: ".." } },
            { tool: "properties_get_property", arguments: { property_id: "../users" } },
          );
    };
    await list();
    await withModel(script, async (model) => {
      const request = await asked(agent, question(`What is there? ${model.to}`));
      expect(request.status).toBe("completed");
      const heard = JSON.stringify(model.requests[1]!.body.input);
      expect(heard.match(/There is no such tool/g)).toHaveLength(2);
      expect(heard).toContain(`data-${request.id.slice(-12)}`);
      expect(heard).not.toContain("/v1/photos/");
      expect(heard).toContain("invalid_input");
      expect(heard).toContain("not_found");
    });
    expect(names).toContain("propose");
    expect(names.filter((name) => /_(create|update|delete|put)_/.test(name))).toEqual([]);
  });

  test("an answer that steers is asked for once more, and then held back", async () => {
    const steering = "It is a safe, mostly white neighborhood, you would fit right in.";
    await withModel([says(steering), says("It has three bedrooms.")], async (model) => {
      const { response_payload } = await asked(agent, question(`What is it like there? ${model.to}`));
      expect(response_payload).toMatchObject({ message: "It has three bedrooms.", usable: true });
    });
    await withModel([says(steering), says(steering)], async (model) => {
      const { response_payload } = await asked(agent, question(`What is it like there? ${model.to}`));
      expect(response_payload).toMatchObject({ usable: false });
      expect(JSON.stringify(response_payload)).not.toContain("white");
    });
  });

  test("a change is a proposal, which its user approves and undoes", async () => {
    const body = { title: "Order the yard sign", category: "marketing" };
    const script = (one: Asked): Step => {
      const [heard] = heardOf(one);
      return heard
        ? says("I proposed a task; it waits for you.")
        : calls(
            { tool: "propose", arguments: { operation_id: "createTask", body } },
            { tool: "propose", arguments: { operation_id: "createTask", body: { titel: "x" } } },
          );
    };
    const { token } = agent;
    const request = await withModel(script, (model) => asked(agent, question(`Order a sign ${model.to}`)));
    expect(request.status).toBe("completed");
    const tasks = async () => (await ok(client.listTasks({ token }))).items.map(({ title }) => title);
    expect(await tasks()).not.toContain(body.title);
    const params = { ai_request_id: request.id };
    const { items } = await ok(client.listProposals({ token, params }));
    expect(items).toMatchObject([
      {
        operation_id: "createTask",
        status: "proposed",
        request: { body },
        preview: { before: null, undo: "deleteTask" },
      },
    ]);
    const [proposal] = items;
    const { id: proposal_id, version } = proposal!;
    const named = { token, params: { ...params, proposal_id } };
    const done = await ok(client.approveProposal({ ...named, body: { version } }));
    expect(done.status).toBe("done");
    expect(await waitFor(async () => ((await tasks()).includes(body.title) ? true : undefined))).toBe(true);
    expect((await ok(client.undoProposal({ ...named, body: { version: done.version } }))).status).toBe(
      "undone",
    );
    expect(await waitFor(async () => ((await tasks()).includes(body.title) ? undefined : true))).toBe(true);
  });
});

test("a goal becomes proposals in their order, and a summary", async () => {
  const script = (one: Asked): Step =>
    heardOf(one).length > 0
      ? says("First the flyer, then the sign.")
      : calls(
          ...["Print the flyer", "Put up the sign"].map((title) => ({
            tool: "propose",
            arguments: { operation_id: "createTask", body: { title, category: "marketing" } },
          })),
        );
  const request = await withModel(script, (model) =>
    asked(agent, { source: "workflow", request_payload: { goal: `Prepare the open house ${model.to}` } }),
  );
  expect(request.response_payload).toMatchObject({
    summary: "First the flyer, then the sign.",
    usable: true,
  });
  const { items } = await ok(
    client.listProposals({ token: agent.token, params: { ai_request_id: request.id } }),
  );
  expect(items.map(({ request }) => request.body?.title)).toEqual(["Print the flyer", "Put up the sign"]);
});

test("a server that only speaks chat completions, as a local model's does, passes the same way", async () => {
  const say = async (protocol: object) => {
    await setProvider(cloud.environment, cloud.openaiSecret, { ...cloud.provider, ...protocol });
    // It would know for a minute what the secret said.
    await cloud.kill("runAiRequest");
  };
  await say({ protocol: "chat_completions" });
  try {
    const { id } = await list();
    const text = "Three bedrooms in Seattle.";
    const script = (one: Asked): Step => {
      if (one.tools.length === 0) return says(`\`\`\`json\n${JSON.stringify({ text })}\n\`\`\``);
      const [heard] = heardOf(one);
      return heard
        ? says(heard.includes(aHouse.title) ? `It is ${aHouse.title}.` : "Nothing.")
        : calls({ tool: "properties_get_property", arguments: { property_id: id } });
    };
    await withModel(
      script,
      async (model) => {
        const drafted = await asked(agent, description(id, model.to));
        expect(drafted.response_payload).toMatchObject({ text, usable: true });
        const answered = await asked(agent, question(`Which is it? ${model.to}`));
        expect(answered.response_payload).toMatchObject({
          message: `It is ${aHouse.title}.`,
          sources: [{ entity: "property", id, title: aHouse.title }],
        });
        expect(new Set(model.requests.map(({ path }) => path))).toEqual(new Set(["/v1/chat/completions"]));
      },
      "local",
    );
  } finally {
    await say({});
  }
});

test("without a key of a provider it is 503 at once, and nothing is queued", async () => {
  const openai = { ...createAiRequest.access.openai, open: () => ({ read: async () => "{}" }) };
  const without = { ...createAiRequest, access: { ...createAiRequest.access, openai } };
  const { token } = await addUser(admin, "agent");
  const call = await inProcess(without as unknown as Operation);
  const { status, body } = await call({ token, body: question("Hello") });
  expect([status, body.code]).toEqual([503, "ai_unavailable"]);
  expect((await ok(client.listAiRequests({ token, query: {} }))).items).toEqual([]);
});

describe("whatever the provider does", () => {
  const hello = (model: { to: string }) => question(`Hello ${model.to}`);

  test("what may pass is tried again; what will not ends with a reason", async () => {
    const wait = { headers: { "retry-after": "1" } };
    await withModel([fails(429, wait), fails(500), says("Hello")], async (model) => {
      expect(await asked(agent, hello(model))).toMatchObject({ status: "completed", attempts: 3 });
    });
    for (const script of [
      [fails(401)],
      [fails(500), fails(500), fails(500)],
      [refuses()],
      [truncates("Hel")],
    ])
      await withModel(script, async (model) => {
        const request = await asked(agent, hello(model));
        expect(request).toMatchObject({ status: "failed", response_payload: null, attempts: script.length });
        expect(request.reason).toBeTruthy();
      });
  });

  test("cancelling aborts the call; what it may have cost counts", async () => {
    await withModel([hangs], async (model) => {
      const { token } = agent;
      const { id: ai_request_id } = await ok(client.createAiRequest({ token, body: hello(model) }));
      await waitFor(async () => (model.requests.length > 0 ? true : undefined));
      const cancelled = await ok(client.cancelAiRequest({ token, params: { ai_request_id } }));
      expect(cancelled.status).toBe("cancelled");
      await waitFor(async () => (model.requests[0]!.abandoned ? true : undefined));
      const counted = await waitFor(async () => {
        const { usage } = await ok(client.getAiRequest({ token, params: { ai_request_id } }));
        return usage.cost_usd > 0 ? usage : undefined;
      });
      expect(counted.cost_usd).toBeLessThan(0.5);
      const again = await api("POST", `/v1/ai-requests/${ai_request_id}/cancel`, { token });
      expect([again.status, again.body.code]).toEqual([409, "invalid_transition"]);
      expect((await ended(agent, ai_request_id)).response_payload).toBeNull();
    });
  });

  test("nobody reads another's requests; a client may ask nothing", async () => {
    await withModel([says("Hello")], async (model) => {
      const { id } = await asked(agent, hello(model));
      const path = `/v1/ai-requests/${id}`;
      expect((await api("GET", path, { token: colleague.token })).status).toBe(404);
      expect((await api("GET", path, { token: admin.token })).status).toBe(200);
      const customer = await addUser(admin, "client");
      const body = hello(model);
      expect((await api("POST", "/v1/ai-requests", { token: customer.token, body })).status).toBe(403);
    });
  });
});
