import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answer } from "../../shared/ai/provider/ask.ts";
import { chatAnswer } from "../../shared/ai/provider/chat-completions.ts";
import { ProviderError } from "../../shared/ai/provider/provider-error.ts";
import { jsonOf } from "../../shared/ai/provider/reading.ts";
import { responsesAnswer } from "../../shared/ai/provider/responses.ts";
import { costOf, settings } from "../../shared/ai/settings.ts";

const good = {
  responses: {
    ...{ status: "completed", error: null, incomplete_details: null },
    output: [
      { type: "reasoning", id: "rs", summary: [], encrypted_content: "enc" },
      { type: "message", role: "assistant", phase: null, content: [{ type: "output_text", text: "Hi" }] },
      { type: "function_call", call_id: "a", name: "t", arguments: '{"q":1}' },
      { type: "function_call", call_id: "b", name: "t", arguments: {} },
    ],
    usage: {
      ...{ input_tokens: 9, output_tokens: 3, total_tokens: 12 },
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
    },
  },
  chat_completions: {
    choices: [
      {
        finish_reason: "tool_calls",
        message: {
          ...{ role: "assistant", content: "Hi", refusal: null },
          tool_calls: [
            { id: "a", type: "function", function: { name: "t", arguments: '{"q":1}' } },
            { id: "b", type: "function", function: { name: "t", arguments: {} } },
          ],
        },
      },
    ],
    usage: {
      ...{ prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
      prompt_tokens_details: { cached_tokens: 4 },
    },
  },
};
const readers = { responses: responsesAnswer, chat_completions: chatAnswer };

/** Every place of a value, as the keys that lead there. */
const placesIn = (value: unknown, path: readonly string[] = []): (readonly string[])[] => [
  path,
  ...(typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, key]))
    : []),
];

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const one = (value as Record<string, unknown>)[key];
  const changed = { ...(value as object), [key]: replaced(one, rest, by) };
  return Array.isArray(value) ? Object.values(changed) : changed;
}

/** What a server may have put there: any JSON, and what is likely to be mistaken for something else. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    -1,
    0,
    1e15,
    1.5,
    "",
    "9",
    null,
    true,
    [],
    {},
    [[]],
    "{}",
    "[]",
    "\ud800",
    "__proto__",
  ),
  fc.constantFrom<unknown>(
    "incomplete",
    "failed",
    "message",
    "function_call",
    "refusal",
    "length",
    "content_filter",
  ),
);

/** What callers may rely on, whatever was sent. */
function checkAnswer(answer: Answer): void {
  expect(typeof answer.text).toBe("string");
  expect(answer.text.isWellFormed()).toBe(true);
  expect(["done", "truncated", "refused"]).toContain(answer.end);
  if (answer.end !== "done") expect(answer.calls).toEqual([]);
  else expect(answer.text !== "" || answer.calls.length > 0).toBe(true);
  expect(new Set(answer.calls.map(({ id }) => id)).size).toBe(answer.calls.length);
  for (const { id, name, arguments: given } of answer.calls) {
    expect([typeof id, typeof name]).toEqual(["string", "string"]);
    expect(id && name).toBeTruthy();
    const value: unknown = JSON.parse(given);
    expect(typeof value === "object" && value !== null && !Array.isArray(value)).toBe(true);
  }
  expect(JSON.parse(JSON.stringify(answer.output))).toEqual(answer.output);
  if (!answer.usage) return;
  const cost = costOf(settings.model, answer.usage);
  expect(Number.isSafeInteger(cost) && cost > 0).toBe(true);
}

describe.each(["responses", "chat_completions"] as const)("%s", (protocol) => {
  const read = (body: unknown) => readers[protocol](jsonOf(JSON.stringify(body) ?? ""));

  test("the answer that is changed is a good one", () => {
    const answer = read(good[protocol]);
    checkAnswer(answer);
    expect(answer.calls).toHaveLength(2);
    expect(answer.usage).toMatchObject({ input_tokens: 9, cached_tokens: 4 });
  });

  test("an answer with anything anywhere is read, or malformed", () => {
    const outcomes = { read: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...placesIn(good[protocol])), anything), {
          minLength: 1,
          maxLength: 3,
        }),
        (changes) => {
          let body: unknown = good[protocol];
          for (const [path, by] of changes)
            if (placesIn(body).some((place) => place.join("\0") === path.join("\0")))
              body = replaced(body, path, by);
          try {
            checkAnswer(read(body));
            outcomes.read++;
          } catch (error) {
            if (!(error instanceof ProviderError)) throw error;
            outcomes.refused++;
          }
        },
      ),
      { numRuns: 3000, seed: 11 },
    );
    // Both happen often: else the changes would hit nothing, or everything.
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(500);
  });
});
