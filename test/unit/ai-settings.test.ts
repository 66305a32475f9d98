import { describe, expect, test } from "vitest";
import { bytesOf } from "../../shared/ai/provider/provider.ts";
import { waitBefore } from "../../shared/ai/provider/waiting.ts";
import { costOf, ratesOf, reserveFor, settings } from "../../shared/ai/settings.ts";

const usage = (input: number, cached: number, write: number, output: number) => ({
  input_tokens: input,
  cached_tokens: cached,
  cache_write_tokens: write,
  output_tokens: output,
});

describe("what a call cost", () => {
  test("each kind of token has its rate, and what was cached is counted once", () => {
    // 500 at $1, 300 at $0.05, 200 at $1.25 and 100 at $5 a million.
    expect(costOf("gpt-6.1-terra", usage(1000, 300, 200, 100))).toBe(500 + 15 + 250 + 500);
  });

  test("a part of a micro-dollar is a whole one, and a sum that is whole stays whole", () => {
    expect(costOf("gpt-6-luna", usage(1, 0, 0, 0))).toBe(1);
    for (let tokens = 20; tokens <= 20_000; tokens += 20)
      expect(costOf("gpt-6.1-terra", usage(tokens, tokens, 0, 0))).toBe(tokens / 20);
  });

  test("a long input makes the whole call dearer, from the first token beyond the limit", () => {
    expect(costOf("gpt-6.1-terra", usage(272_000, 0, 0, 1000))).toBe(272_000 + 5000);
    expect(costOf("gpt-6.1-terra", usage(272_001, 0, 0, 1000))).toBe(544_002 + 7500);
  });

  test("a day at the end of a model's name and a vendor before it change nothing", () => {
    const price = ratesOf("gpt-6.1-terra");
    expect(price.output).toBe(5);
    expect(ratesOf("gpt-6.1-terra-2026-10-26")).toEqual(price);
    expect(ratesOf("openai/GPT-6.1-Terra")).toEqual(price);
  });

  test("a model of OpenAI's that has no price is as dear as the dearest; anybody else's is free", () => {
    for (const model of ["gpt-7", "gpt-6.1-tera", "o5-pro", "chatgpt-latest", "ft:gpt-9:firm"])
      expect(ratesOf(model), model).toMatchObject({
        input: 10,
        cached_input: 1,
        cache_write: 12.5,
        output: 50,
      });
    for (const model of [
      "gpt-oss:20b",
      "openai/gpt-oss-120b",
      "llama3.2",
      "qwen3:8b",
      "constructor",
      "__proto__",
    ])
      expect(costOf(model, usage(1e6, 0, 0, 1e6)), model).toBe(0);
  });
});

describe("what a call may cost", () => {
  test("covers any use of as many tokens as there are bytes, cached in whatever way", () => {
    for (const model of Object.keys(settings.prices))
      for (const bytes of [1, 5000, 270_500, 271_999, 400_000])
        for (const [cached, write] of [
          [0, 0],
          [bytes, 0],
          [0, bytes],
        ] as const)
          expect(reserveFor(model, bytes, 4000)).toBeGreaterThanOrEqual(
            costOf(model, usage(bytes, cached, write, 4000)),
          );
  });

  test("counts bytes, not characters, of everything that is sent", () => {
    const ask = { model: "m", instructions: "i", turns: [], max_output_tokens: 100 };
    const grown = (text: string) =>
      bytesOf({ ...ask, turns: [{ role: "user", text }] }) -
      bytesOf({ ...ask, turns: [{ role: "user", text: "" }] });
    expect(grown("house")).toBe(5);
    expect(grown("家")).toBe(3);
    expect(
      bytesOf({ ...ask, tools: [{ name: "t", description: "x".repeat(500), parameters: {} }] }),
    ).toBeGreaterThan(bytesOf(ask) + 500);
  });

  test("is some cents for an ordinary call", () => {
    expect(reserveFor(settings.model, 40_000, settings.sources.chat.max_output_tokens)).toBeLessThan(100_000);
  });
});

test("every source has room for an answer, and its model has a price", () => {
  expect(Object.hasOwn(settings.prices, settings.model)).toBe(true);
  for (const { max_output_tokens, seconds, calls, tries } of Object.values(settings.sources)) {
    expect(max_output_tokens).toBeGreaterThanOrEqual(1000);
    // A job ends within three minutes: one call must leave time for another.
    expect(seconds).toBeLessThanOrEqual(90);
    expect(Math.min(calls, tries)).toBeGreaterThanOrEqual(2);
  }
});

describe("the wait before another try", () => {
  const helps = { again: true, retryAfter: undefined };

  test("doubles up to eight seconds", () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((tries) => waitBefore(tries, helps, 1000))).toEqual([
      500, 1000, 2000, 4000, 8000, 8000, 8000,
    ]);
  });

  test("is spread over its second half", () => {
    expect(waitBefore(3, helps, 100, 0)).toBe(1000);
    expect(waitBefore(3, helps, 100, 0.5)).toBe(1500);
  });

  test("is never shorter than the server asked", () => {
    expect(waitBefore(1, { again: true, retryAfter: 12_000 }, 100, 0)).toBe(12_000);
    expect(waitBefore(5, { again: true, retryAfter: 10 }, 100, 0)).toBe(4000);
  });

  test("is none when no try would help or none would fit", () => {
    expect(waitBefore(1, { again: false, retryAfter: 1 }, 1000)).toBeUndefined();
    expect(waitBefore(1, helps, 2.5)).toBe(500);
    expect(waitBefore(1, helps, 2.4)).toBeUndefined();
    expect(waitBefore(1, { again: true, retryAfter: 3_600_000 }, 170)).toBeUndefined();
    expect(waitBefore(1, helps, -1)).toBeUndefined();
  });
});
