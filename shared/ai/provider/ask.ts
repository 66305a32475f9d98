/** A tool that the model may call. `parameters` is the JSON Schema of its arguments. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly parameters: object;
}

/** One turn of what is said to a model. `model` is a model's whole ordered output, replayed as it came. */
export type Turn =
  | { readonly role: "user" | "assistant"; readonly text: string }
  | { readonly role: "model"; readonly output: unknown }
  | { readonly role: "tool"; readonly call_id: string; readonly output: string };

/** One call of a model. */
export interface Ask {
  readonly model: string;
  readonly instructions: string;
  readonly turns: readonly Turn[];
  readonly tools?: readonly ToolSpec[];
  /** The final answer must be JSON of this schema. The caller validates it: a server may ignore this. */
  readonly schema?: { readonly name: string; readonly schema: object };
  /** Reasoning counts, too. */
  readonly max_output_tokens: number;
}

/** What a call used. `input_tokens` includes those read from the provider's cache and those written to it. */
export interface Usage {
  readonly input_tokens: number;
  readonly cached_tokens: number;
  readonly cache_write_tokens: number;
  readonly output_tokens: number;
}

/** A call that the model makes of a tool. `arguments` is the JSON text of an object. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** What a model answered. Whatever the server sent, every field is of its type; the texts are the model's own. */
export interface Answer {
  readonly text: string;
  /** Empty unless `end` is `done`: what was cut off is not called. */
  readonly calls: readonly ToolCall[];
  /** JSON, to be replayed as a `model` turn when `end` is `done`. */
  readonly output: unknown;
  /** Undefined: the server said nothing of it that could be true. */
  readonly usage: Usage | undefined;
  /** `truncated`: by `max_output_tokens`. `refused`: by the model or a filter; `text` may say why. */
  readonly end: "done" | "truncated" | "refused";
}

/** How many bytes a call sends, its JSON included: what `reserveFor` takes. */
export const bytesOf = ({ model, instructions, turns, tools = [], schema }: Ask): number =>
  Buffer.byteLength(JSON.stringify({ model, instructions, turns, tools, schema }));
