import * as z from "zod/mini";
import type { ToolCall, Usage } from "./ask.ts";
import { ProviderError } from "./provider-error.ts";

/** An answer that cannot be read. It may have been paid for, and the next may be better. */
export const malformed = (what: string): ProviderError =>
  new ProviderError("malformed", `The AI provider's answer cannot be read: ${what}`, {
    again: true,
    mayBePaid: true,
  });

/** Deeper answers would break what walks through them later, and no model writes them. */
const deepest = 64;

/**
 * A body's JSON: nested 64 deep at most, no number too large to be stored, and strings without halves of characters,
 * which UTF-8 does not have.
 */
export function jsonOf(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed("it is no JSON");
  }
  return wellFormed(value, deepest);
}

function wellFormed(value: unknown, levels: number): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (value === Infinity || value === -Infinity) throw malformed("a number is too large");
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) throw malformed("it is nested too deep");
  if (Array.isArray(value)) return value.map((one) => wellFormed(one, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key.toWellFormed(), wellFormed(one, levels - 1)]),
  );
}

/** Reads a part of an answer by its schema. `what` names it in the error. */
export function read<Schema extends z.core.$ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const { success, data, error } = z.safeParse(schema, value);
  if (success) return data;
  throw malformed([what, ...error.issues[0]!.path.filter((key) => typeof key === "string")].join("."));
}

/** A call as servers send it: some local ones send the arguments as an object, or none as an empty text. */
export const CallParts = z.object({
  id: z.string().check(z.minLength(1), z.maxLength(200)),
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  arguments: z.union([z.string(), z.record(z.string(), z.unknown())]),
});
const AnyObject = z.record(z.string(), z.unknown());

/** The JSON text of a call's arguments, which must be an object. */
function argumentsIn(sent: z.output<typeof CallParts>["arguments"]): string {
  if (typeof sent !== "string") return JSON.stringify(sent);
  if (sent.trim() === "") return "{}";
  const value = jsonOf(sent);
  read(AnyObject, value, "arguments");
  return JSON.stringify(value);
}

/** An answer's calls; each id once, since a tool's output names its call by it. */
export function callsIn(sent: readonly unknown[]): ToolCall[] {
  const calls = sent.map((one) => {
    const { id, name, arguments: given } = read(CallParts, one, "tool call");
    return { id, name, arguments: argumentsIn(given) };
  });
  if (new Set(calls.map(({ id }) => id)).size < calls.length) throw malformed("two tool calls have one id");
  return calls;
}

/** Ten times the longest context there is. */
const mostTokens = 10_000_000;
const count = z.int().check(z.gte(0), z.lte(mostTokens));
const Counts = z.object({
  input: count.check(z.gte(1)),
  cached: z._default(count, 0),
  cacheWrite: z._default(count, 0),
  output: count,
});

/**
 * Usage that can be true: whole numbers, something was sent, and what was cached is part of it. Otherwise undefined, and
 * the caller counts what it reserved: a budget must not depend on a server's nonsense.
 */
export function usageOf(sent: {
  readonly input: unknown;
  readonly cached: unknown;
  readonly cacheWrite: unknown;
  readonly output: unknown;
}): Usage | undefined {
  const { success, data } = Counts.safeParse({
    ...sent,
    cached: sent.cached ?? undefined,
    cacheWrite: sent.cacheWrite ?? undefined,
  });
  if (!success || data.cached + data.cacheWrite > data.input) return undefined;
  return {
    input_tokens: data.input,
    cached_tokens: data.cached,
    cache_write_tokens: data.cacheWrite,
    output_tokens: data.output,
  };
}
