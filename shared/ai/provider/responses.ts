import type { ResponseCreateParamsNonStreaming, ResponseInput } from "openai/resources/responses/responses";
import * as z from "zod/mini";
import type { Answer, Ask, Turn } from "./ask.ts";
import { ProviderError } from "./provider-error.ts";
import { callsIn, malformed, read, usageOf } from "./reading.ts";
import { schemaSent } from "./strict-schema.ts";

/**
 * A call as Responses takes it. Stateless: nothing is stored, and the whole of what was said is sent each time, since
 * Ollama's and others' Responses keep no state. No `include`: OpenAI sends encrypted reasoning unasked, refuses to be
 * asked for it by a model that does not reason, and Ollama ignores it. `service_tier`, for OpenAI alone: else a
 * project's own setting could double the price.
 */
export function responsesRequest(ask: Ask, atOpenAi: boolean): ResponseCreateParamsNonStreaming {
  const { model, instructions, turns, tools, schema, max_output_tokens } = ask;
  return {
    ...{ model, instructions, max_output_tokens, store: false },
    input: turns.flatMap(inputOf),
    ...(tools?.length && {
      tools: tools.map(({ name, description, parameters }) => ({
        ...{ type: "function" as const, name, description, strict: false },
        parameters: parameters as Record<string, unknown>,
      })),
    }),
    ...(schema && {
      text: { format: { type: "json_schema" as const, name: schema.name, ...schemaSent(schema.schema) } },
    }),
    ...(atOpenAi && { service_tier: "default" as const }),
  };
}

const Item = z.looseObject({ type: z.string() });
type Item = z.output<typeof Item>;
const Output = z.object({ responses: z.array(Item) });

function inputOf(turn: Turn): ResponseInput {
  if (turn.role === "tool")
    return [{ type: "function_call_output", call_id: turn.call_id, output: turn.output }];
  if (turn.role !== "model") return [{ type: "message", role: turn.role, content: turn.text }];
  const { success, data } = Output.safeParse(turn.output);
  if (!success) throw otherProtocol();
  return data.responses.filter(isReplayed) as unknown as ResponseInput;
}

/** Reasoning without its encrypted content is an id of something that the server has not stored. */
const isReplayed = ({ type, encrypted_content }: Item): boolean =>
  type !== "reasoning" || (typeof encrypted_content === "string" && encrypted_content !== "");

/** A request whose protocol was changed while it ran. */
export const otherProtocol = (): ProviderError =>
  new ProviderError("rejected", "The AI provider's settings have changed since this request began", {
    again: false,
    mayBePaid: false,
  });

const Body = z.object({
  status: z._default(z.enum(["completed", "incomplete", "failed"]), "completed"),
  error: z.nullish(z.object({ code: z.nullish(z.string()) })),
  incomplete_details: z.nullish(z.object({ reason: z.nullish(z.string()) })),
  output: z.array(Item),
  usage: z.optional(z.unknown()),
});
const Failed = z.object({ status: z.literal("failed"), error: Body.shape.error });
const Part = z.looseObject({
  type: z.string(),
  text: z.optional(z.string()),
  refusal: z.optional(z.string()),
});
const Message = z.object({
  phase: z.nullish(z.string()),
  content: z.union([z.string(), z.array(Part)]),
});
const Sent = z.object({
  input_tokens: z.unknown(),
  output_tokens: z.unknown(),
  input_tokens_details: z.nullish(
    z.object({ cached_tokens: z.optional(z.unknown()), cache_write_tokens: z.optional(z.unknown()) }),
  ),
});

/** Reads the body of an answer to `responsesRequest`. */
export function responsesAnswer(body: unknown): Answer {
  const failed = Failed.safeParse(body);
  if (failed.success) throw failure(failed.data.error?.code);
  const { status, incomplete_details, output, usage } = read(Body, body, "answer");

  const parts = output.filter(({ type }) => type === "message").flatMap(partsOf);
  const refusal = parts.flatMap((part) => part.refusal ?? []).join("\n");
  const filtered = incomplete_details?.reason === "content_filter";
  const end = refusal || filtered ? "refused" : status === "incomplete" ? "truncated" : "done";
  const sentCalls = output.filter(({ type }) => type === "function_call");
  const calls = end === "done" ? callsIn(sentCalls.map((call) => ({ ...call, id: call.call_id }))) : [];
  const text = parts.flatMap((part) => part.text ?? []).join("") || refusal;
  if (end === "done" && !text && calls.length === 0) throw malformed("it is empty");

  const texts = new Map(calls.map(({ id, arguments: given }) => [id, given]));
  return {
    ...{ text, calls, end },
    output: {
      responses: output.map((item) =>
        item.type === "function_call" && texts.has(item.call_id as string)
          ? { ...item, arguments: texts.get(item.call_id as string) }
          : item,
      ),
    },
    usage: usageIn(usage),
  };
}

interface Said {
  readonly text?: string;
  readonly refusal?: string;
}

/** A message's texts and refusals. What a model says between its calls is not part of its answer. */
function partsOf(
  item: Item,
): { readonly text?: string | undefined; readonly refusal?: string | undefined }[] {
  const { phase, content } = read(Message, item, "message");
  if (phase === "commentary") return [];
  if (typeof content === "string") return [{ text: content }];
  return content.flatMap(({ type, text, refusal }): Said[] => {
    if (type === "output_text") return text === undefined ? [] : [{ text }];
    return type === "refusal" ? [{ refusal: refusal || "The model declined to answer." }] : [];
  });
}

function usageIn(usage: unknown): Answer["usage"] {
  const { success, data } = Sent.safeParse(usage);
  if (!success) return undefined;
  return usageOf({
    input: data.input_tokens,
    cached: data.input_tokens_details?.cached_tokens,
    cacheWrite: data.input_tokens_details?.cache_write_tokens,
    output: data.output_tokens,
  });
}

/** Failures that come with status 200: the server's own, or of what was asked. */
function failure(code: string | null | undefined): ProviderError {
  if (code === "rate_limit_exceeded")
    return new ProviderError("busy", "The AI provider is busy", { again: true, mayBePaid: true });
  if (!code || code === "server_error")
    return new ProviderError("failed", "The AI provider failed", { again: true, mayBePaid: true });
  return new ProviderError("rejected", "The AI provider refused the request", {
    again: false,
    mayBePaid: true,
  });
}
