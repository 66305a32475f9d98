import type { Asked } from "./asked.ts";
import type { Reply, ScriptedCall, ScriptedUsage } from "./step.ts";

/** How a server differs that speaks only chat completions, as one for local models does. */
export interface Manner {
  readonly local: boolean;
}

/** The body of an answer in the protocol that was asked. */
export const bodyOf = (asked: Asked, reply: Reply, manner: Manner): object =>
  asked.protocol === "responses" ? responsesBody(asked, reply) : chatBody(asked, reply, manner);

/** Of every two calls of a local server, the second has its arguments as an object. */
const argumentsOf = ({ arguments: given }: ScriptedCall, asObject = false) =>
  typeof given === "string" || asObject ? given : JSON.stringify(given);

const idOf = ({ id }: ScriptedCall, { number }: Asked, at: number) => id ?? `call_${number}_${at}`;

/** With reasoning before all else: it has to come back as it is. */
function responsesBody(asked: Asked, { text, calls = [], usage, end = "done" }: Reply): object {
  const { number } = asked;
  const incomplete = { truncated: "max_output_tokens", filtered: "content_filter" }[end as string];
  const status = incomplete ? "incomplete" : "completed";
  const part =
    end === "refused" ? { type: "refusal", refusal: text } : { type: "output_text", text, annotations: [] };
  return {
    ...{ id: `resp_${number}`, object: "response", created_at: 1_795_000_000, model: asked.model, status },
    ...{ error: null, incomplete_details: incomplete ? { reason: incomplete } : null },
    output: [
      { type: "reasoning", id: `rs_${number}`, summary: [], encrypted_content: `enc_${number}` },
      ...(text === undefined
        ? []
        : [{ type: "message", id: `msg_${number}`, role: "assistant", status, content: [part] }]),
      ...calls.map((call, at) => ({
        ...{ type: "function_call", id: `fc_${number}_${at}`, status: "completed" },
        ...{ call_id: idOf(call, asked, at), name: call.tool, arguments: argumentsOf(call) },
      })),
    ],
    ...(usage !== null && { usage: responsesUsage(usageOf(asked, text, calls, usage)) }),
  };
}

const responsesUsage = ({
  input_tokens,
  cached_tokens,
  cache_write_tokens,
  output_tokens,
}: ScriptedUsage) => ({
  ...{ input_tokens, output_tokens, total_tokens: Number(input_tokens) + Number(output_tokens) },
  input_tokens_details: { cached_tokens, cache_write_tokens },
  output_tokens_details: { reasoning_tokens: 0 },
});

function chatBody(asked: Asked, { text, calls = [], usage, end = "done" }: Reply, { local }: Manner): object {
  const reasons = { truncated: "length", filtered: "content_filter", refused: "stop" } as const;
  const reason = end === "done" ? (calls.length > 0 ? "tool_calls" : "stop") : reasons[end];
  const message = {
    role: "assistant",
    content: end === "refused" && !local ? null : (text ?? (local ? "" : null)),
    ...(end === "refused" && !local && { refusal: text }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((call, at) => ({
        ...{ id: idOf(call, asked, at), type: "function", index: at },
        function: { name: call.tool, arguments: argumentsOf(call, local && at % 2 === 1) },
      })),
    }),
  };
  const used = usageOf(asked, text, calls, usage ?? {});
  return {
    ...{
      id: `chatcmpl_${asked.number}`,
      object: "chat.completion",
      created: 1_795_000_000,
      model: asked.model,
    },
    choices: [{ index: 0, finish_reason: reason, message, logprobs: null }],
    ...(usage !== null && {
      usage: {
        ...{ prompt_tokens: used.input_tokens, completion_tokens: used.output_tokens },
        total_tokens: Number(used.input_tokens) + Number(used.output_tokens),
        ...(!local && {
          prompt_tokens_details: {
            ...{ cached_tokens: used.cached_tokens, cache_write_tokens: used.cache_write_tokens },
          },
        }),
      },
    }),
  };
}

/** Four bytes to a token, as English has them, unless the script says what was used. */
const usageOf = (
  { body }: Asked,
  text: string | undefined,
  calls: readonly ScriptedCall[],
  usage: ScriptedUsage = {},
): ScriptedUsage => ({
  input_tokens: Math.ceil(JSON.stringify(body).length / 4),
  cached_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: Math.ceil(((text?.length ?? 0) + JSON.stringify(calls).length) / 4),
  ...usage,
});
