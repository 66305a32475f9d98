import type { ProviderError } from "./provider-error.ts";

/**
 * Milliseconds that a server asks to wait, by `retry-after-ms` (OpenAI's) or `Retry-After` (seconds, or an HTTP date;
 * RFC 9110, 10.2.3). Undefined when it says nothing that can be read.
 */
export function retryAfterOf(headers: Headers, now: Date): number | undefined {
  const milliseconds = numberIn(headers.get("retry-after-ms"));
  if (milliseconds !== undefined) return milliseconds;
  const text = headers.get("retry-after")?.trim();
  if (!text) return undefined;
  const seconds = numberIn(text);
  if (seconds !== undefined) return seconds * 1000;
  const at = /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

const numberIn = (text: string | null): number | undefined =>
  text !== null && /^\d{1,12}(\.\d{1,9})?$/.test(text.trim()) ? Number(text) : undefined;

/** Milliseconds. */
const firstWait = 500;
const longestWait = 8000;
/** A try with less time left than this would bring nothing. */
const shortestTry = 2000;

/**
 * Milliseconds before the next try, or undefined: no other try helps, or the time left is too short for the wait and a
 * try. `tries` have been made, one or more. Half a second, doubled with each, at most eight; of that between the half
 * and the whole by `random` (from 0 to 1), so that calls that failed together do not return together. Never sooner than
 * the server asked.
 */
export function waitBefore(
  tries: number,
  error: Pick<ProviderError, "again" | "retryAfter">,
  secondsLeft: number,
  random = 1,
): number | undefined {
  if (!error.again) return undefined;
  const backOff = Math.min(longestWait, firstWait * 2 ** (tries - 1)) * (0.5 + random / 2);
  const wait = Math.ceil(Math.max(backOff, error.retryAfter ?? 0));
  return wait + shortestTry <= secondsLeft * 1000 ? wait : undefined;
}
