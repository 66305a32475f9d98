import * as z from "zod/mini";
import type { Answer, Ask } from "./ask.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import { chatAnswer, chatRequest } from "./chat-completions.ts";
import { cancelled, failureOf, timedOut } from "./failures.ts";
import { ProviderError } from "./provider-error.ts";
import { jsonOf } from "./reading.ts";
import { responsesAnswer, responsesRequest } from "./responses.ts";

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
export { waitBefore } from "./waiting.ts";

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
  api_key: z.string().check(z.regex(/^[\x21-\x7e]{1,1000}$/)),
  base_url: z.optional(z.url({ protocol: /^https?$/ })),
  protocol: z._default(z.enum(["responses", "chat_completions"]), "responses"),
  model: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
});
export type ProviderSecret = z.output<typeof ProviderSecret>;

/**
 * Reads the secret's text; undefined when no provider is set: no JSON object (as a secret's generated first value), or
 * one without a key. An object that is wrong throws, without its values: an assistant that is silently away would be
 * looked for in the wrong place.
 */
export function providerSecretIn(text: string): ProviderSecret | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  const value = objectIn(text);
  if (!value.api_key) return undefined;
  const { success, data, error } = ProviderSecret.safeParse(value);
  if (success) return data;
  throw new Error(
    `The secret openai is wrong in ${error.issues.map(({ path }) => path.join(".")).join(", ")}`,
  );
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("The secret openai is no JSON");
  }
}

/**
 * Opens the provider that a secret names. The client is loaded now, and by nothing else, since it is large. It never
 * retries by itself: each of its tries would cost, and none would be in a budget. It logs nothing.
 */
export async function openProvider(
  { api_key, base_url, protocol }: ProviderSecret,
  now: () => Date = () => new Date(),
): Promise<Provider> {
  const { OpenAI } = await import("openai");
  const client = new OpenAI({
    ...{ apiKey: api_key, baseURL: base_url ?? "https://api.openai.com/v1" },
    // What the environment says of these is meant for other programs.
    ...{ organization: null, project: null, adminAPIKey: null, webhookSecret: null },
    ...{ maxRetries: 0, logLevel: "off" as const, fetch: boundedFetch },
  });
  const atOpenAi = base_url === undefined;

  return {
    async ask(ask, { signal, seconds }) {
      if (signal.aborted) throw cancelled(false);
      const clock = new AbortController();
      const timer = setTimeout(() => clock.abort(), seconds * 1000);
      // The client's own limit is the later one: it would not say whether it was ours.
      const limits = { signal: AbortSignal.any([signal, clock.signal]), timeout: (seconds + 5) * 1000 };
      try {
        return protocol === "responses"
          ? responsesAnswer(await bodyOf(client.responses.create(responsesRequest(ask, atOpenAi), limits)))
          : chatAnswer(await bodyOf(client.chat.completions.create(chatRequest(ask, atOpenAi), limits)));
      } catch (error) {
        if (error instanceof ProviderError) throw error;
        if (signal.aborted) throw cancelled(true);
        throw clock.signal.aborted ? timedOut(seconds) : failureOf(error, now());
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The JSON of an answer's body, whatever its content type says. */
const bodyOf = async (answer: { asResponse(): Promise<Response> }): Promise<unknown> =>
  jsonOf(await (await answer.asResponse()).text());
