import * as z from "zod/mini";
import type { Answer, Ask } from "./ask.ts";

export {
  type Answer,
  type Ask,
  bytesOf,
  type ToolCall,
  type ToolSpec,
  type Turn,
  type Usage,
} from "./ask.ts";
export { ProviderError, type ProviderErrorKind } from "./provider-error.ts";

/** How long a call may take in all, the reading of the answer included, and what cancels it. */
export interface CallLimits {
  readonly signal: AbortSignal;
  readonly seconds: number;
}

export interface Provider {
  /** Throws nothing but `ProviderError`. */
  ask(ask: Ask, limits: CallLimits): Promise<Answer>;
}

/**
 * What the secret `openai` holds, as JSON. `base_url` is any compatible server's, with its `/v1`; without it OpenAI is
 * called. `chat_completions` is for servers that have no Responses.
 */
export const ProviderSecret = z.object({
  api_key: z.string().check(z.minLength(1)),
  base_url: z.optional(z.url({ protocol: /^https?$/ })),
  protocol: z._default(z.enum(["responses", "chat_completions"]), "responses"),
  model: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
});
export type ProviderSecret = z.output<typeof ProviderSecret>;

/**
 * Reads the secret's text; undefined when no provider is set. A text that is set and wrong throws, with a message that
 * does not have it: an assistant that is silently away would be looked for in the wrong place.
 */
export function providerSecretIn(text: string): ProviderSecret | undefined {
  const value = jsonIn(text);
  if (value === undefined || (isObject(value) && !value.api_key)) return undefined;
  const { success, data, error } = ProviderSecret.safeParse(value);
  if (success) return data;
  const fields = error.issues.map(({ path }) => path.join(".") || "the whole").join(", ");
  throw new Error(`The secret openai is wrong in: ${fields}`);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The generated first value of a secret is no JSON: nobody has set it. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Opens the provider that a secret names. The client is loaded now and by nothing else: it is large. */
export async function openProvider(secret: ProviderSecret): Promise<Provider> {
  const { OpenAI } = await import("openai");
  throw new Error(`${OpenAI.name} ${secret.protocol}`);
}
