import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DemoModel, demoModel } from "../../infra/local/demo-model.ts";
import { type Ask, openProvider, type Provider, type Turn } from "../../shared/ai/provider/provider.ts";

let model: DemoModel;
let provider: Provider;
beforeAll(async () => {
  model = await demoModel();
  provider = await openProvider({ api_key: "demo", base_url: model.url, protocol: "responses" });
});
afterAll(() => model.close());

const ask = (text: string, more: Partial<Ask> = {}, after: readonly Turn[] = []) =>
  provider.ask(
    {
      ...{ model: "demo", instructions: "Be short.", max_output_tokens: 500 },
      turns: [{ role: "user", text }, ...after],
      ...more,
    },
    { signal: new AbortController().signal, seconds: 5 },
  );

const listing = {
  ...{ id: "p1", title: "Craftsman near Green Lake", property_type: "house", bedrooms: 3, bathrooms: 2.5 },
  ...{ size_sqft: 1840, lot_sqft: null, year_built: 1926, city: "Seattle", price: 725_000, currency: "USD" },
};
const fenced = (record: object) => `Write a description.\n\`\`\`json\n${JSON.stringify(record)}\n\`\`\``;
const tool = (
  name: string,
  description: string,
  parameters: object = { type: "object", properties: {} },
) => ({
  ...{ name, description, parameters },
});
const tools = [
  tool("clients_list_clients", "List clients"),
  tool("tasks_list_tasks", "List tasks, by state and due date"),
  tool("properties_list_properties", "List properties"),
];

describe("the scripted model of the demo", () => {
  test("describes a listing with the record's facts, no other number, and says that it is scripted", async () => {
    const { text, usage } = await ask(fenced(listing));
    expect(text).toBe(
      "(scripted demo, no model) Craftsman near Green Lake. It has 3 bedrooms and 2.5 bathrooms. Living area: 1,840 square feet. Built in 1926. In Seattle. Offered at $725,000.",
    );
    expect(usage!.input_tokens).toBeGreaterThan(20);
  });

  test("answers with the schema's fields when one is asked for", async () => {
    const schema = {
      ...{ type: "object", additionalProperties: false, required: ["subject", "text"] },
      properties: { subject: { type: "string" }, text: { type: "string" } },
    };
    const { text } = await ask(fenced({ client: { name: "Nora Lindqvist" } }), {
      schema: { name: "mail", schema },
    });
    const mail = JSON.parse(text);
    expect(mail.text).toContain("Hello Nora Lindqvist");
    expect(mail.subject).toContain("scripted demo");
  });

  test("speaks of a market analysis with its numbers", async () => {
    const { text } = await ask(
      fenced({ suggested_price: 700_000, price_range: { low: 650_000, high: 750_000 } }),
    );
    expect(text).toContain("$700,000");
    expect(text).toContain("from $650,000 to $750,000");
  });

  test.each([
    ["Which clients are new?", "clients_list_clients"],
    ["What listings do we have in Ballard?", "properties_list_properties"],
    ["Which of my tasks are due?", "tasks_list_tasks"],
  ])("%s: calls %s, and sums up what came back", async (question, name) => {
    const first = await ask(question, { tools });
    expect(first.calls.map((call) => call.name)).toEqual([name]);
    const items = [{ title: "One" }, { name: "Two" }];
    const { text, calls } = await ask(question, { tools }, [
      { role: "model", output: first.output },
      { role: "tool", call_id: first.calls[0]!.id, output: JSON.stringify({ items }) },
    ]);
    expect(calls).toEqual([]);
    expect(text).toBe(`(scripted demo, no model) I called ${name} and found: One; Two.`);
  });

  test("for a goal it looks first, then proposes, then says that nothing has happened yet", async () => {
    const parameters = {
      ...{ type: "object", required: ["operation_id", "body"] },
      properties: { operation_id: { enum: ["updateClient", "createTask"] }, params: {}, body: {} },
    };
    const more = { tools: [...tools, tool("propose", "Propose a change", parameters)] };
    const goal = "Prepare Saturday's open house for our listing";
    const turns: Turn[] = [];
    const called: string[] = [];
    for (;;) {
      const { calls, output, text } = await ask(goal, more, turns);
      if (calls.length === 0) {
        expect(text).toContain("proposed 2 tasks: nothing happens before you approve");
        break;
      }
      turns.push({ role: "model", output });
      for (const call of calls) {
        called.push(call.name);
        if (call.name === "propose")
          expect(JSON.parse(call.arguments)).toEqual({
            ...{ operation_id: "createTask", params: {} },
            body: { title: expect.stringContaining("Open house") },
          });
        turns.push({ role: "tool", call_id: call.id, output: '{"items":[]}' });
      }
    }
    expect(called).toEqual(["properties_list_properties", "propose", "propose"]);
  });

  test("has nothing but Responses", async () => {
    expect((await fetch(`${model.url}/chat/completions`, { method: "POST", body: "{}" })).status).toBe(404);
    expect((await fetch(`${model.url}/responses`, { method: "POST", body: "{" })).status).toBe(400);
  });
});
