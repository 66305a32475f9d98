import { AnswerTooLarge } from "./bounded-fetch.ts";
import { ProviderError } from "./provider-error.ts";
import { malformed } from "./reading.ts";
import { retryAfterOf } from "./waiting.ts";

/** What the client throws for a status: its class is loaded late, so its fields are looked at. */
interface StatusError {
  readonly status: number;
  readonly headers: Headers;
  readonly code: unknown;
}

const isStatusError = (error: unknown): error is StatusError =>
  error instanceof Error &&
  "status" in error &&
  typeof error.status === "number" &&
  "headers" in error &&
  error.headers instanceof Headers;

const never = { again: false, mayBePaid: false } as const;

/** Cancelled before or while it was sent, or while the server worked on it. */
export const cancelled = (mayBePaid: boolean): ProviderError =>
  new ProviderError("cancelled", "The request was cancelled", { again: false, mayBePaid });

export const timedOut = (seconds: number): ProviderError =>
  new ProviderError("timeout", `The AI provider did not answer within ${seconds} seconds`, {
    again: true,
    mayBePaid: true,
  });

/** What the client threw, as an error of ours. Nothing of the server's text goes into it: it may repeat the prompt. */
export function failureOf(error: unknown, now: Date): ProviderError {
  if (error instanceof ProviderError) return error;
  if (isStatusError(error)) return failureOfStatus(error, now);
  const causes = causesOf(error);
  if (causes.some((cause) => cause instanceof AnswerTooLarge)) return malformed("it is too large");
  return new ProviderError("failed", "The AI provider cannot be reached, or the connection broke", {
    again: true,
    mayBePaid: !causes.some((cause) => neverSent.has(String((cause as { code?: unknown }).code))),
  });
}

/** Errors of a connection that was never made. */
const neverSent = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"],
  "UND_ERR_CONNECT_TIMEOUT",
]);

function causesOf(error: unknown): object[] {
  const causes: object[] = [];
  for (let at = error; typeof at === "object" && at !== null && causes.length < 5; at = (at as Error).cause)
    causes.push(at);
  return causes;
}

/** OpenAI's codes of an account that no waiting helps. */
const unpaid = new Set<unknown>(["insufficient_quota", "billing_not_active"]);
const tooLong = new Set<unknown>(["context_length_exceeded"]);
const filtered = new Set<unknown>(["content_filter", "content_policy_violation", "invalid_prompt"]);

function failureOfStatus({ status, headers, code }: StatusError, now: Date): ProviderError {
  if (unpaid.has(code))
    return new ProviderError("rejected", "The AI provider's account has no credit left", never);
  const again = headers.get("x-should-retry") !== "false";
  const retryAfter = retryAfterOf(headers, now);
  if (status === 429 || status === 503 || status === 529)
    return new ProviderError("busy", `The AI provider is busy (${status})`, {
      ...{ again, retryAfter, mayBePaid: false },
    });
  // A gateway's 502 or 504 may come after the model's work was done.
  if (status >= 500 || status === 408 || status === 409)
    return new ProviderError("failed", `The AI provider failed (${status})`, {
      ...{ again, retryAfter, mayBePaid: status >= 500 },
    });
  return new ProviderError("rejected", `${refusalOf(status, code)} (${status})`, never);
}

function refusalOf(status: number, code: unknown): string {
  if (tooLong.has(code) || status === 413) return "The request is too long for the AI model";
  if (filtered.has(code)) return "The AI provider's content filter refused the request";
  if (status === 401) return "The AI provider does not accept the API key";
  if (status === 403) return "The AI provider does not allow this to the API key";
  if (status === 404) return "The AI provider has no such model, or its address is wrong";
  if (status < 400) return "The AI provider's address leads elsewhere";
  return "The AI provider refused the request";
}
