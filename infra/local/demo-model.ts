import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { close, listen } from "./cloud.ts";
import { demoAnswer, type Question, type Reply } from "./demo-model-answers.ts";

/** A server that stands in for a model, so that the assistant can be tried without a key. */
export interface DemoModel {
  /** What `base_url` of the secret `openai` takes. */
  readonly url: string;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: a body of OpenAI's Responses, which our own client has made.
type Body = any;

/** Starts the scripted model of `--demo-ai`: it speaks Responses alone, on a free port of this machine. */
export async function demoModel(): Promise<DemoModel> {
  const server = createServer(async (request, response) => {
    response.setHeader("content-type", "application/json");
    const known = request.method === "POST" && request.url === "/v1/responses";
    const body = known ? await bodyOf(request) : undefined;
    if (!body) {
      response.statusCode = known ? 400 : 404;
      const message = known ? "The body is no JSON" : "This scripted model has only POST /v1/responses";
      response.end(JSON.stringify({ error: { message, type: "invalid_request_error", code: null } }));
      return;
    }
    response.end(JSON.stringify(responseOf(body, demoAnswer(questionIn(body)))));
  });
  const url = await listen(server, 0);
  return { url: `${url}/v1`, close: () => close(server) };
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  try {
    const body = JSON.parse(await textOf(request));
    return Array.isArray(body.input) ? body : undefined;
  } catch {
    return undefined;
  }
}

/** What is asked: the last thing a person said, and what tools have answered since. */
function questionIn({ input, tools = [], text }: Body): Question {
  const said = (input as Body[]).findLastIndex(({ role }) => role === "user");
  const since = (input as Body[]).slice(said + 1);
  const calls = since.filter(({ type }) => type === "function_call");
  return {
    asked: said < 0 ? "" : contentOf(input[said].content),
    called: calls.map(({ call_id, name }) => ({
      name,
      output:
        since.find((item) => item.type === "function_call_output" && item.call_id === call_id)?.output ?? "",
    })),
    tools,
    schema: text?.format?.schema,
  };
}

const contentOf = (content: Body): string =>
  typeof content === "string" ? content : content.map((part: Body) => part.text ?? "").join("");

/** Four letters are counted as a token, as a rule of thumb for English. */
function responseOf(body: Body, { text, calls = [] }: Reply): object {
  const input_tokens = Math.ceil(JSON.stringify(body.input).length / 4);
  const output_tokens = Math.ceil(JSON.stringify({ text, calls }).length / 4);
  return {
    ...{ id: `resp_${randomUUID()}`, object: "response", status: "completed", model: body.model },
    output: [
      ...(text === undefined
        ? []
        : [
            { type: "message", role: "assistant", content: [{ type: "output_text", text, annotations: [] }] },
          ]),
      ...calls.map(({ name, arguments: given }) => ({
        ...{ type: "function_call", call_id: `call_${randomUUID()}`, name, arguments: JSON.stringify(given) },
      })),
    ],
    usage: {
      ...{ input_tokens, output_tokens, total_tokens: input_tokens + output_tokens },
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    },
  };
}
