import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import * as z from "zod/mini";
import type { Answer, Ask, ToolCall, Turn } from "./ask.ts";
import { callsIn, malformed, read, usageOf } from "./reading.ts";
import { otherProtocol } from "./responses.ts";
import { schemaSent } from "./strict-schema.ts";

/**
 * The same call as chat completions takes it, for servers that have no Responses. The limit is `max_tokens`: all of
 * them know it, and one that ignored `max_completion_tokens` would write on beyond what was reserved. OpenAI's own
 * models refuse `max_tokens`, so to OpenAI it is the other. Instructions are a `system` message, since older servers
 * have no `developer`.
 */
export function chatRequest(ask: Ask, atOpenAi: boolean): ChatCompletionCreateParamsNonStreaming {
  const { model, instructions, turns, tools, schema, max_output_tokens } = ask;
  return {
    model,
    messages: [{ role: "system", content: instructions }, ...turns.map(messageOf)],
    ...(atOpenAi
      ? { max_completion_tokens: max_output_tokens, store: false, service_tier: "default" as const }
      : { max_tokens: max_output_tokens }),
    ...(tools?.length && {
      tools: tools.map(({ name, description, parameters }) => ({
        type: "function" as const,
        function: { name, description, parameters: parameters as Record<string, unknown> },
      })),
    }),
    ...(schema && {
      response_format: {
        type: "json_schema" as const,
        json_schema: { name: schema.name, ...schemaSent(schema.schema) },
      },
    }),
  };
}

const Replayed = z.object({
  chat_completions: z.looseObject({ role: z.literal("assistant"), content: z.string() }),
});

function messageOf(turn: Turn): ChatCompletionMessageParam {
  if (turn.role === "tool") return { role: "tool", tool_call_id: turn.call_id, content: turn.output };
  if (turn.role !== "model") return { role: turn.role, content: turn.text };
  const { success, data } = Replayed.safeParse(turn.output);
  if (!success) throw otherProtocol();
  return data.chat_completions as ChatCompletionMessageParam;
}

const Call = z.object({
  id: z.unknown(),
  function: z.object({ name: z.unknown(), arguments: z.optional(z.unknown()) }),
});
const Choice = z.object({
  finish_reason: z.nullish(z.string()),
  message: z.object({
    content: z.nullish(z.string()),
    refusal: z.nullish(z.string()),
    tool_calls: z.nullish(z.array(z.unknown())),
  }),
});
const Body = z.object({
  choices: z.array(z.unknown()).check(z.minLength(1)),
  usage: z.optional(z.unknown()),
});
const Sent = z.object({
  prompt_tokens: z.unknown(),
  completion_tokens: z.unknown(),
  prompt_tokens_details: z.nullish(
    z.object({ cached_tokens: z.optional(z.unknown()), cache_write_tokens: z.optional(z.unknown()) }),
  ),
});

/** Reads the body of an answer to `chatRequest`: its first choice, since no more are asked for. */
export function chatAnswer(body: unknown): Answer {
  const { choices, usage } = read(Body, body, "answer");
  const { finish_reason, message } = read(Choice, choices[0], "choice");
  const end = endOf(finish_reason, message.refusal);
  const calls = end === "done" ? callsIn((message.tool_calls ?? []).map(callOf)) : [];
  const content = message.content ?? "";
  const text = content || message.refusal || "";
  if (end === "done" && !text && calls.length === 0) throw malformed("it is empty");
  return {
    ...{ text, calls, end },
    output: {
      chat_completions: {
        ...{ role: "assistant", content },
        ...(calls.length > 0 && { tool_calls: calls.map(sentAgain) }),
      },
    },
    usage: usageIn(usage),
  };
}

function endOf(reason: string | null | undefined, refusal: string | null | undefined): Answer["end"] {
  if (refusal || reason === "content_filter") return "refused";
  return reason === "length" ? "truncated" : "done";
}

function callOf(sent: unknown) {
  const { id, function: called } = read(Call, sent, "tool call");
  return { id, name: called.name, arguments: called.arguments };
}

const sentAgain = ({ id, name, arguments: given }: ToolCall) => ({
  ...{ id, type: "function" },
  function: { name, arguments: given },
});

function usageIn(usage: unknown): Answer["usage"] {
  const { success, data } = Sent.safeParse(usage);
  if (!success) return undefined;
  return usageOf({
    input: data.prompt_tokens,
    cached: data.prompt_tokens_details?.cached_tokens,
    cacheWrite: data.prompt_tokens_details?.cache_write_tokens,
    output: data.completion_tokens,
  });
}
