import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  apiKeyHash,
  apiKeyText,
  checkLimit,
  isOfHash,
  readApiKey,
  useAttributes,
  useOf,
} from "../../shared/data/api-keys.ts";
import { keyLimit } from "../../shared/domain/api-key.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { invocation } from "../../shared/entry/invocation.ts";

const now = new Date("2026-03-02T17:05:20.000Z");
const { newId } = invocation("test", null);
const named = { brokerage_id: newId(), user_id: newId(), api_key_id: newId() };

describe("the text of a key", () => {
  test("names brokerage, maker and key, and is recognised by its hash", () => {
    const text = apiKeyText(named, randomBytes(32));
    expect(readApiKey(text)).toEqual(named);
    expect(isOfHash(text, apiKeyHash(text))).toBe(true);
    expect(isOfHash(apiKeyText(named, randomBytes(32)), apiKeyHash(text))).toBe(false);
  });

  test("with one character changed, lost, doubled or swapped it is none", () => {
    const text = apiKeyText(named, randomBytes(32));
    const place = fc.integer({ min: 0, max: text.length - 2 });
    fc.assert(
      fc.property(place, fc.constantFrom(..."Aa0-_z/+"), (at, other) => {
        const variants = [
          text.slice(0, at) + other + text.slice(at + 1),
          text.slice(0, at) + text.slice(at + 1),
          text.slice(0, at) + text[at] + text.slice(at),
          text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2),
        ];
        for (const variant of variants) if (variant !== text) expect(readApiKey(variant)).toBeUndefined();
      }),
    );
    for (const wrong of ["", "gable_", "x".repeat(118), text.slice(6), `${text}=`, ` ${text}`])
      expect(readApiKey(wrong)).toBeUndefined();
  });
});

describe("a key's use", () => {
  const item = { pk: "k", sk: "record" };
  const used = { ...item, last_used_at: "2026-03-02T17:00:00.000Z", used_minute: "2026-03-02T17:05" };
  const counted = { now, id: `${"0".repeat(30)}00000a` };
  const passedOver = { now, id: `${"0".repeat(30)}000001` };

  test("is written for one request in ten, and for the first in an hour", () => {
    expect(useOf(used, passedOver)).toBeUndefined();
    expect(useOf(item, passedOver)!.Update.ExpressionAttributeValues).toMatchObject({ ":counted": 0 });
    expect(useOf(used, counted)!.Update.ExpressionAttributeValues).toMatchObject({ ":counted": 10 });
    const hours = { ...used, last_used_at: "2026-03-02T16:05:19.000Z" };
    expect(useOf(hours, passedOver)).toBeDefined();
    const trials = Array.from({ length: 20_000 }, () => useOf(used, { now, id: newId() }));
    expect(trials.filter(Boolean).length / trials.length).toBeCloseTo(1 / keyLimit.countedOneIn, 1);
  });

  test("writes the attributes that every function may write, and no other", () => {
    for (const before of [item, used]) {
      const { UpdateExpression, ConditionExpression } = useOf(before, counted)!.Update;
      const words = `${UpdateExpression} ${ConditionExpression}`.match(/(?<![:\w])[a-z]+(_[a-z]+)+/g)!;
      const attributes = words.filter((word) => !word.startsWith("attribute_"));
      for (const attribute of attributes) expect(useAttributes).toContain(attribute);
    }
  });

  test("ends with 429 at the limit, for the rest of the minute", () => {
    expect(() => checkLimit({ ...used, used_requests: keyLimit.requests - 1 }, now)).not.toThrow();
    const full = { ...used, used_requests: keyLimit.requests };
    expect(() => checkLimit(full, new Date(now.getTime() + 40_000))).not.toThrow();
    expect(() => checkLimit(full, now)).toThrow(Problem);
  });

  test("lets pass what it promises: between 400 and 800 in 99 of 100 minutes, 600 on average", () => {
    const passed = Array.from({ length: 400 }, () => {
      let [requests, count] = [0, 0];
      while (count < keyLimit.requests) {
        requests++;
        const write = useOf(used, { now, id: newId() });
        count += Number(write?.Update.ExpressionAttributeValues?.[":counted"] ?? 0);
      }
      return requests;
    });
    const mean = passed.reduce((sum, one) => sum + one, 0) / passed.length;
    expect(mean).toBeGreaterThan(580);
    expect(mean).toBeLessThan(620);
    // Of 400 minutes four on average lie outside; 16 would be six times their spread away.
    expect(passed.filter((one) => one < 400 || one > 800).length).toBeLessThan(16);
  });
});
