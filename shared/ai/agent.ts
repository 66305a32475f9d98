import { isDeepStrictEqual } from "node:util";
import { Problem } from "../domain/problem.ts";
import type { Proposed } from "../domain/proposal.ts";
import { throwUnlessDone } from "./draft.ts";
import { fenced } from "./fence.ts";
import { type Model, Unanswered } from "./model.ts";
import type { Asked, ProposalOf } from "./propose.ts";
import type { ToolCall, ToolSpec, Turn } from "./provider/provider.ts";
import { type Records, sourcesIn } from "./records.ts";
import { parametersOf, type Tool } from "./tools.ts";

/** Proposals of one request at most. */
const mostProposals = 20;

/** What an assistant works with that reads by itself and proposes. */
export interface Agent {
  readonly mark: string;
  readonly instructions: string;
  readonly tools: readonly Tool[];
  readonly records: Records;
  /** Makes a proposal of what the model asked for, or says why not. */
  propose(asked: Asked): Promise<ProposalOf>;
}

/** Lets a model read and propose until it answers in words; answers these. */
export async function converse(model: Model, agent: Agent): Promise<string> {
  const specs = specsOf(agent.tools);
  for (;;) {
    // The last call must be an answer. One that is kept was asked with tools.
    const tools = model.callsLeft > 1 || model.said.answer ? specs : [];
    const { end, text, calls, output } = await model.ask({ instructions: agent.instructions, tools });
    throwUnlessDone(end);
    if (calls.length === 0 || tools.length === 0) {
      if (text.trim() === "") throw new Unanswered("The model answered nothing");
      return text;
    }
    const turns: Turn[] = [{ role: "model", output }];
    const [sources, proposed]: [ReturnType<typeof sourcesIn>, Proposed[]] = [[], []];
    // One after the other: a model that asks for a hundred at once must not be the brokerage's load.
    for (const call of calls) {
      const done = await perform(call, agent, [...model.said.proposed, ...proposed]);
      turns.push({ role: "tool", call_id: call.id, output: done.output });
      sources.push(...(done.sources ?? []));
      if (done.proposed) proposed.push(done.proposed);
    }
    await model.note({ turns, sources, proposed });
  }
}

interface Performed {
  readonly output: string;
  readonly sources?: ReturnType<typeof sourcesIn>;
  readonly proposed?: Proposed;
}

async function perform(call: ToolCall, agent: Agent, before: readonly Proposed[]): Promise<Performed> {
  const given = argumentsOf(call);
  if (!given) return { output: "The arguments are no JSON object" };
  if (call.name === "propose") {
    if (before.length >= mostProposals) return { output: `There are ${mostProposals} proposals already` };
    const { operation_id, params, query, body } = given;
    const made = await agent.propose({ operation_id, params, query, body });
    if (!made.ok) return { output: fenced(agent.mark, "propose", { refused: made.problem }) };
    const { operation_id: id, request } = made.fields;
    if (before.some((one) => one.operation_id === id && isDeepStrictEqual(one.request, request)))
      return { output: "That is proposed already" };
    return { output: "Proposed; the user will approve it or not", proposed: made.fields };
  }
  const tool = agent.tools.find(({ name, kind }) => name === call.name && kind === "calls");
  if (!tool) return { output: "There is no such tool" };
  const missing = tool.params.filter((name) => typeof given[name] !== "string");
  if (missing.length > 0) return { output: `${missing.join(", ")} is missing` };
  // An argument that is no part of a path is the model's mistake, and told to it.
  const { status, body } = await agent.records.call(tool, given).catch((error) => {
    if (!(error instanceof Problem)) throw error;
    return { status: error.status, body: { code: error.code, detail: error.message } };
  });
  const output = fenced(agent.mark, call.name, status === 200 ? body : refusalOf(status, body));
  return { output, sources: status === 200 ? sourcesIn(tool, body) : [] };
}

/** What of a problem a model needs. */
function refusalOf(status: number, body: unknown): object {
  const { code, detail, errors } = (body ?? {}) as { code?: unknown; detail?: unknown; errors?: unknown };
  return { status, code, detail, errors };
}

function argumentsOf({ arguments: text }: ToolCall): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text || "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** The tools as a model is told of them: what is called each by itself, and one that proposes. */
function specsOf(tools: readonly Tool[]): ToolSpec[] {
  const called = tools.filter(({ kind }) => kind === "calls");
  return [
    ...called.map((tool) => ({
      name: tool.name,
      description: `${tool.summary}. ${tool.description}`.slice(0, 1000),
      parameters: parametersOf(tool),
    })),
    proposeSpec(tools.filter(({ kind }) => kind === "proposes")),
  ];
}

/** The one tool that proposes: which operations there are, and what each takes. */
export const proposeSpec = (tools: readonly Tool[]): ToolSpec => ({
  name: "propose",
  description: [
    "Proposes one exact request, which the user sees and approves or rejects. Nothing happens before. The operations:",
    ...tools.map(({ operation_id, summary, params, body }) =>
      [
        `${operation_id}: ${summary}.`,
        params.length > 0 ? ` params: ${params.join(", ")}.` : "",
        body ? ` body: ${JSON.stringify(lean(body))}` : "",
      ].join(""),
    ),
  ].join("\n"),
  parameters: {
    type: "object",
    properties: {
      operation_id: { type: "string", enum: tools.map(({ operation_id }) => operation_id) },
      params: { type: "object", additionalProperties: { type: "string" } },
      body: { type: "object" },
    },
    required: ["operation_id"],
  },
});

/** A schema without what a model does not need. */
const lean = (schema: object): unknown =>
  JSON.parse(
    JSON.stringify(schema, (name, value) =>
      ["examples", "pattern", "format", "additionalProperties"].includes(name) ? undefined : value,
    ),
  );
