import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addMark, countIn, emptySketch } from "../../shared/domain/analytics/sketch.ts";
import {
  distinctIn,
  emptyTally,
  quantile,
  rounded,
  seenCount,
  type Tally,
  together,
} from "../../shared/domain/analytics/tally.ts";

const marksFrom = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) =>
    createHash("md5")
      .update(String(from + at))
      .digest("base64url")
      .slice(0, 8),
  );

/** A part that saw so many of 4,000 visitors, one after the other from some place on. */
const tally: fc.Arbitrary<Tally> = fc
  .record({
    views: fc.integer({ min: 0, max: 5 }),
    minutes: fc.dictionary(fc.constantFrom("1", "5", "90"), fc.integer({ min: 1, max: 3 })),
    from: fc.integer({ min: 0, max: 3000 }),
    count: fc.integer({ min: 0, max: 1000 }),
  })
  .map(({ views, minutes, from, count }) => ({
    counts: { views },
    samples: { response_minutes: minutes },
    seen: { visitors: { marks: marksFrom(from, count).sort() } },
  }));

describe("tallies put together", () => {
  test("in any order and grouping are the same, below and beyond 2,000 marks", () => {
    const some = fc.array(tally, { minLength: 3, maxLength: 6 });
    fc.assert(
      fc.property(some, fc.nat(), (all, seed) => {
        const whole = together(...all);
        const cut = 1 + (seed % (all.length - 1));
        const turned = [...all.slice(cut), ...all.slice(0, cut)];
        expect(together(...turned)).toEqual(whole);
        expect(together(together(...all.slice(0, cut)), together(...all.slice(cut)))).toEqual(whole);
        expect(all.reduce((sum, one) => together(one, sum), emptyTally)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  test("that saw the same again count it once", () => {
    const seen = (marks: string[]) => ({ ...emptyTally, seen: { visitors: { marks } } });
    const twice = together(seen(["a", "b"]), seen(["b", "c"]), seen(["a", "b"]));
    expect(twice.seen).toEqual({ visitors: { marks: ["a", "b", "c"] } });
    expect(distinctIn(twice)).toEqual({ visitors: 3 });
    expect(together(together(seen(marksFrom(0, 3000))), seen(marksFrom(0, 3000)))).toEqual(
      together(seen(marksFrom(0, 3000))),
    );
  });

  test("are exact up to 2,000 marks, a sketch beyond", () => {
    const of = (count: number) =>
      together({ ...emptyTally, seen: { visitors: { marks: marksFrom(0, count) } } });
    expect(seenCount(of(2000).seen.visitors)).toBe(2000);
    expect("sketch" in of(2001).seen.visitors!).toBe(true);
    expect(Math.abs(seenCount(of(2001).seen.visitors) - 2001)).toBeLessThan(2001 * 0.05);
    expect(seenCount(undefined)).toBe(0);
  });
});

test("a sketch's error is 1.6 % of what was seen, from 2,001 to 100,000, and it leans to no side", () => {
  for (const size of [2001, 10_000, 20_000, 100_000]) {
    const runs = size > 50_000 ? 3 : 10;
    const errors = Array.from({ length: runs }, (_, run) => {
      const sketch = emptySketch();
      for (let at = 0; at < size; at++) addMark(sketch, `${run} ${at}`);
      return countIn(sketch) / size - 1;
    });
    const root = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / runs);
    const mean = errors.reduce((sum, error) => sum + error, 0) / runs;
    // Of so few runs the root of the mean square itself varies: three of its deviations.
    expect(root, `${size}`).toBeLessThan(0.016 * (1 + 3 / Math.sqrt(2 * runs)));
    expect(Math.abs(mean), `${size}`).toBeLessThan((3 * 0.016) / Math.sqrt(runs));
  }
});

test("minutes are whole up to an hour, then by 5 up to a day, then by 60", () => {
  const cases = { "-3": 0, 0: 0, 7.4: 7, 60: 60, 62: 60, 63: 65, 1438: 1440, 1469: 1440, 1471: 1500 };
  for (const [minutes, to] of Object.entries(cases)) expect(rounded(Number(minutes)), minutes).toBe(to);
});

test("a quantile is that of a spreadsheet", () => {
  const samples = { 10: 2, 2: 1, 40: 1 };
  expect(quantile(samples, 0.5)).toBe(10);
  expect(quantile(samples, 0.9)).toBeCloseTo(31);
  expect([quantile(samples, 0), quantile(samples, 1)]).toEqual([2, 40]);
  expect(quantile({ 1: 1, 2: 1 }, 0.5)).toBe(1.5);
  expect([quantile({}, 0.5), quantile(undefined, 0.5)]).toEqual([undefined, undefined]);
});
