import type { Usage } from "./provider/ask.ts";

/** Dollars per million tokens, which is micro-dollars per token. */
export interface Price {
  readonly input: number;
  readonly cached_input: number;
  readonly cache_write: number;
  readonly output: number;
  /** The day on which these were the provider's published prices. */
  readonly as_of: string;
}

/** What a request of one source may take. Its job's deadline ends it before, whatever these add up to. */
export interface SourceSettings {
  /** Of one call; reasoning counts. */
  readonly max_output_tokens: number;
  /** That one call may take. */
  readonly seconds: number;
  /** Answers that a request may get from the model. */
  readonly calls: number;
  /** Of one call, the first included. */
  readonly tries: number;
}

/**
 * Everything about models that an operator may want to change. Prices are OpenAI's for standard processing, cache
 * writes kept for 30 minutes (developers.openai.com/api/docs/pricing); a region's surcharge of 10 % is not in them.
 */
export const settings = {
  /** Where the secret names none. */
  model: "gpt-6.1-terra",
  sources: {
    chat: { max_output_tokens: 4000, seconds: 60, calls: 8, tries: 3 },
    content: { max_output_tokens: 4000, seconds: 60, calls: 2, tries: 3 },
    cma: { max_output_tokens: 5000, seconds: 60, calls: 2, tries: 3 },
    workflow: { max_output_tokens: 6000, seconds: 75, calls: 12, tries: 3 },
  },
  prices: {
    "gpt-6-astra": { input: 10, cached_input: 1, cache_write: 12.5, output: 50, as_of: "2026-11-05" },
    "gpt-6.1-sol": { input: 2, cached_input: 0.1, cache_write: 2.5, output: 10, as_of: "2026-11-05" },
    "gpt-6.1-terra": { input: 1, cached_input: 0.05, cache_write: 1.25, output: 5, as_of: "2026-11-05" },
    "gpt-6-sol": { input: 2, cached_input: 0.2, cache_write: 2.5, output: 10, as_of: "2026-11-05" },
    "gpt-6-luna": { input: 0.1, cached_input: 0.01, cache_write: 0.125, output: 0.5, as_of: "2026-11-05" },
    "gpt-5.6-terra": { input: 2, cached_input: 0.2, cache_write: 2.5, output: 12, as_of: "2026-08-01" },
    "gpt-5.6-luna": { input: 0.2, cached_input: 0.02, cache_write: 0.25, output: 1.2, as_of: "2026-08-01" },
  },
  /** A call with more input tokens than this is dearer as a whole: its input, cached or not, and its output. */
  longInput: { above: 272_000, input: 2, output: 1.5 },
} as const satisfies {
  readonly model: string;
  readonly sources: Readonly<Record<string, SourceSettings>>;
  readonly prices: Readonly<Record<string, Price>>;
  readonly longInput: { readonly above: number; readonly input: number; readonly output: number };
};

/** Tokens that a server adds around what it is sent: roles, ends of turns, the form of tools. */
const around = 1000;
const free = { input: 0, cached_input: 0, cache_write: 0, output: 0 };
type Rates = Omit<Price, "as_of">;

/** The highest of each rate, for a model of OpenAI's that has no price here. */
const dearest: Rates = Object.values<Price>(settings.prices).reduce<Rates>(
  (most, price) => ({
    input: Math.max(most.input, price.input),
    cached_input: Math.max(most.cached_input, price.cached_input),
    cache_write: Math.max(most.cache_write, price.cache_write),
    output: Math.max(most.output, price.output),
  }),
  free,
);

/**
 * A model's rates. A date at the end and a vendor before a slash make no other model. A name that has no price costs
 * nothing when it is somebody else's, as a model on one's own machine is: dollars never stop it then, tokens must. When
 * it is OpenAI's (new, or mistyped) it costs the dearest: a budget may be too careful, but no hole.
 */
export function ratesOf(model: string): Rates {
  const name = model
    .toLowerCase()
    .replace(/^.*\//, "")
    .replace(/-\d{4}-\d{2}-\d{2}$/, "");
  if (Object.hasOwn(settings.prices, name)) return settings.prices[name as keyof typeof settings.prices];
  return /^(ft:)?(gpt-(?!oss)|chatgpt-|o\d)/.test(name) ? dearest : free;
}

/** What a call cost, in whole micro-dollars, rounded up. */
export function costOf(model: string, usage: Usage): number {
  const { input_tokens, cached_tokens, cache_write_tokens, output_tokens } = usage;
  const rates = ratesOf(model);
  const { input, output } = timesFor(input_tokens);
  const plain = Math.max(0, input_tokens - cached_tokens - cache_write_tokens);
  return wholeMicros(
    thousandths(rates.input * input) * plain +
      thousandths(rates.cached_input * input) * cached_tokens +
      thousandths(rates.cache_write * input) * cache_write_tokens +
      thousandths(rates.output * output) * output_tokens,
  );
}

/**
 * The most that one call may cost, in whole micro-dollars: every input token at the dearest input rate, all of the
 * output. `bytes` is what is sent (`bytesOf`). Models read bytes: a token is one byte at least, so there are never more
 * tokens than bytes. English has four bytes to a token, but ids, digits and rare scripts come near one, and who writes
 * those into a record must not get past a budget. The difference is given back as soon as the call is settled.
 */
export function reserveFor(model: string, bytes: number, max_output_tokens: number): number {
  const tokens = bytes + around;
  const rates = ratesOf(model);
  const { input, output } = timesFor(tokens);
  return wholeMicros(
    thousandths(Math.max(rates.input, rates.cache_write) * input) * tokens +
      thousandths(rates.output * output) * max_output_tokens,
  );
}

const timesFor = (tokens: number) =>
  tokens > settings.longInput.above ? settings.longInput : { input: 1, output: 1 };
/** Integers, so that sums are exact: no rate has more than three decimals. */
const thousandths = (rate: number): number => Math.round(rate * 1000);
const wholeMicros = (sum: number): number => Math.ceil(sum / 1000);
