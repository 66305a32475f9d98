import { describe, expect, test } from "vitest";
import type { Without } from "../../shared/ai/gates/fair-housing.ts";
import { type Count, type Figures, figuresOf, precision, readSet, recall } from "../ai/gate-set.ts";

const own = readSet("phrases.jsonl");
const unseen = readSet("phrases-unseen.jsonl");
const all = (counts: readonly Count[]): Count => counts.at(-1)!;

/** Where our own set is below its floors. */
function belowFloors({ blocks, raised, facts }: Omit<Figures, "misses">): string[] {
  const low = (
    what: string,
    count: Count,
    least: { readonly precision: number; readonly recall: number },
  ) => [
    ...(precision(count) < least.precision ? [`${what}, ${count.class}: precision ${precision(count)}`] : []),
    ...(recall(count) < least.recall ? [`${what}, ${count.class}: recall ${recall(count)}`] : []),
  ];
  const ofClass = { precision: 0.85, recall: 0.85 };
  return [
    ...low("blocks", all(blocks), { precision: 0.98, recall: 0.95 }),
    ...low("raised", all(raised), { precision: 0.98, recall: 0.97 }),
    ...low("facts", all(facts), { precision: 0.97, recall: 0.97 }),
    ...blocks.flatMap((count) => low("blocks", count, ofClass)),
    ...facts.flatMap((count) =>
      low("facts", count, count.class === "correct" ? { precision: 0, recall: 0 } : ofClass),
    ),
  ];
}

describe("our own set", () => {
  const { blocks, raised, facts } = figuresOf(own);

  test("has at least 220 items in both directions, none of them in the other set", () => {
    expect(own.length).toBeGreaterThanOrEqual(220);
    expect(own.length + unseen.length).toBeGreaterThanOrEqual(300);
    const phrases = own.filter((item) => "expect" in item);
    for (const verdict of ["allow", "review", "block"])
      expect(phrases.filter((item) => item.expect === verdict).length).toBeGreaterThan(30);
    const texts = new Set(own.map(({ text }) => text));
    expect(texts.size).toBe(own.length);
    expect(unseen.filter(({ text }) => texts.has(text))).toEqual([]);
  });

  test("is within all floors", () => expect(belowFloors({ blocks, raised, facts })).toEqual([]));
});

test("the set of somebody who had not seen the rules: no worse than measured", () => {
  const { blocks, raised, facts } = figuresOf(unseen);
  expect(precision(all(blocks))).toBeGreaterThanOrEqual(0.86);
  expect(recall(all(blocks))).toBeGreaterThanOrEqual(0.77);
  expect(precision(all(raised))).toBeGreaterThanOrEqual(0.9);
  expect(recall(all(raised))).toBeGreaterThanOrEqual(0.76);
  expect(precision(all(facts))).toBeGreaterThanOrEqual(0.73);
  expect(recall(all(facts))).toBeGreaterThanOrEqual(0.94);
});

describe("each part is needed: without it our own set fails", () => {
  const parts: readonly (readonly [string, Without, RegExp])[] = [
    ["the allow list", { allowList: true }, /precision/],
    ["the normalisation", { normalisation: true }, /recall/],
    ["the context", { context: true }, /precision/],
  ];
  test.each(parts)("%s", (_, without, fails) => {
    const below = belowFloors(figuresOf(own, without));
    expect(below.length).toBeGreaterThan(0);
    expect(below.join("\n")).toMatch(fails);
  });
});
