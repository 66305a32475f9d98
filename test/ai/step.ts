import type { Asked } from "./asked.ts";

/** A tool call that the model is to make. A text as arguments is sent as it is, right or wrong. */
export interface ScriptedCall {
  readonly tool: string;
  readonly arguments: object | string;
  readonly id?: string;
}

/** What a call is said to have used, by the names of `Usage`. Fields that are left out are made up from the sizes. */
export interface ScriptedUsage {
  readonly input_tokens?: unknown;
  readonly cached_tokens?: unknown;
  readonly cache_write_tokens?: unknown;
  readonly output_tokens?: unknown;
}

/** An answer as a model gives it. */
export interface Reply {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  /** `null`: nothing is said of it. */
  readonly usage?: ScriptedUsage | null;
  readonly end?: "done" | "truncated" | "refused" | "filtered";
  /** Milliseconds before it. */
  readonly after?: number;
  /** Milliseconds between its pieces, of which there are twenty. */
  readonly drip?: number;
  /** How much of its body is sent, 0 to 1, before the connection breaks; or ends, as if all were well. */
  readonly cut?: { readonly at: number; readonly by: "break" | "end" };
}

/** An answer that no model gives. */
export interface Raw {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly after?: number;
}

/** What the server does with one request. `hang`: it never answers. */
export type Step = Reply | Raw | { readonly hang: true };

/** Steps in order, one a request; or what decides from what was asked. Steps that have run out are a 500. */
export type Script = readonly Step[] | ((asked: Asked) => Step | Promise<Step>);

export const says = (text: string, more: Omit<Reply, "text"> = {}): Reply => ({ text, ...more });
export const answers = (value: unknown, more: Omit<Reply, "text"> = {}): Reply =>
  says(JSON.stringify(value), more);
export const calls = (...made: ScriptedCall[]): Reply => ({ calls: made });
export const refuses = (text = "I cannot help with that."): Reply => ({ text, end: "refused" });
export const truncates = (text: string): Reply => ({ text, end: "truncated" });
export const hangs: Step = { hang: true };

/** An error in OpenAI's shape. */
export const fails = (
  status: number,
  {
    code = null,
    message = `Scripted ${status}`,
    headers = {},
  }: {
    readonly code?: string | null;
    readonly message?: string;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Raw => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify({ error: { message, type: "scripted", param: null, code } }),
});

/** Status 200 and a body of any kind. */
export const sends = (body: string, contentType = "application/json"): Raw => ({
  status: 200,
  headers: { "content-type": contentType },
  body,
});

/** What goes wrong with a provider, each of it once. */
export const mishaps: readonly Step[] = [
  fails(500),
  fails(503),
  fails(429, { headers: { "retry-after-ms": "20" } }),
  fails(502, { message: "Bad gateway" }),
  sends("<html><body>Bad gateway</body></html>", "text/html"),
  sends('{"output": [{"type": "message", "content": ['),
  sends("null"),
  sends(""),
  says("This is cut off in the middle", { cut: { at: 0.5, by: "break" } }),
  says("This is cut off in the middle", { cut: { at: 0.5, by: "end" } }),
];

/** A script whose server fails a share of the requests, each time in another way; the same for the same seed. */
export function unreliable(
  script: Script,
  {
    seed = 1,
    share = 0.5,
    by = mishaps,
  }: {
    readonly seed?: number;
    readonly share?: number;
    readonly by?: readonly Step[];
  } = {},
): Script {
  const random = randomFrom(seed);
  const rest = Array.isArray(script) ? [...script] : undefined;
  return (asked) => {
    if (random() < share) return by[Math.floor(random() * by.length)]!;
    return rest ? (rest.shift() ?? scriptIsOver) : (script as (asked: Asked) => Step)(asked);
  };
}

export const scriptIsOver: Step = fails(500, { message: "The script is over" });

/** Numbers from 0 to 1 that look random and are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
