import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import { Analysis, type AnalysisInputs } from "../../shared/domain/cma/analysis.ts";
import { engineVersion } from "../../shared/domain/cma/engine-version.ts";
import type { Sale } from "../../shared/domain/cma/sale.ts";
import { homes, sales } from "./cma-sales.ts";

const effective_date = "2016-01-01";
/** One sale of the last months at a usual price among others, so that most have an answer. */
const recentFirst = (all: Sale[]): Sale[] => [
  { ...all[0]!, id: "recent", sale_date: "2015-11-02", price: 300_000 },
  ...all,
];
const inputs: fc.Arbitrary<AnalysisInputs> = fc.record({
  subject: homes.map((home) => ({ ...home, id: "subject" })),
  candidates: fc.array(sales, { minLength: 1, maxLength: 60 }).map(recentFirst),
  effective_date: fc.constant(effective_date),
});

function completed(from: AnalysisInputs): Analysis {
  const analysis = analyse(from);
  if ("failed" in analysis) throw new Error(analysis.failed);
  return analysis;
}

/** The same for made-up data, of which some have no price that can be said. */
function answered(from: AnalysisInputs): Analysis {
  const analysis = analyse(from);
  if (!("failed" in analysis)) return analysis;
  expect(analysis.failed).toMatch(/\.$/);
  return fc.pre(false) as never;
}

const home = {
  lat: 47.6,
  lon: -122.2,
  property_type: "house",
  bedrooms: 3,
  bathrooms: 2,
  size_sqft: 1800,
  lot_sqft: 6000,
  year_built: 1975,
  condition: 3,
};
const subject = { ...home, id: "subject" };
const sale = (id: string, more: Partial<Sale> = {}): Sale => ({
  ...home,
  id,
  sale_date: "2015-10-15",
  price: 400_000,
  lat: home.lat + 0.002 * (id.charCodeAt(0) % 7),
  lon: home.lon + 0.002 * (id.charCodeAt(0) % 5),
  ...more,
});
const many = (count: number, more: (i: number) => Partial<Sale> = () => ({})) =>
  Array.from({ length: count }, (_, i) => sale(String.fromCharCode(97 + (i % 26)) + i, more(i)));

test("whatever the data, the analysis is whole: its schema holds, the price is positive, the ranges nest", () => {
  fc.assert(
    fc.property(inputs, (from) => {
      const analysis = answered(from);
      Analysis.parse(analysis);
      expect(JSON.stringify(analysis)).not.toContain("null,null");
      const { range, middle_range, suggested_price } = analysis;
      expect(range.low).toBeGreaterThan(0);
      expect(range.low).toBeLessThanOrEqual(middle_range.low);
      expect(middle_range.low).toBeLessThanOrEqual(suggested_price);
      expect(suggested_price).toBeLessThanOrEqual(middle_range.high);
      expect(middle_range.high).toBeLessThanOrEqual(range.high);
      const prices = from.candidates.map(({ price }) => price);
      expect(suggested_price).toBeLessThan(Math.max(...prices) * 4 + 1);
      expect(suggested_price).toBeGreaterThan(Math.min(...prices) / 4 - 1);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

const wild = fc.constantFrom(0, 5e-324, 1e-9, -5, 1e12, 1e300);
const wildFacts = fc.record(
  { bedrooms: wild, bathrooms: wild, size_sqft: wild, lot_sqft: wild, year_built: wild, condition: wild },
  { requiredKeys: [] },
);
const wildSale = fc.record(
  {
    price: fc.constantFrom(0.01, 1, 1e13, 1e15),
    place: fc.constantFrom([90, 180], [-90, -180], [47.6, -122.2]),
  },
  { requiredKeys: [] },
);

test("numbers that no home has are passed over: never NaN, never a price beyond four times what was paid", () => {
  const candidates = fc.array(fc.tuple(sales, wildFacts, wildSale), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(homes, wildFacts, candidates, (home, facts, drawn) => {
      const analysis = analyse({
        subject: { ...home, ...facts, id: "subject" },
        candidates: drawn.map(
          ([sale, facts, { price = sale.price, place: [lat, lon] = [sale.lat, sale.lon] }]) => ({
            ...sale,
            ...facts,
            price,
            lat: lat!,
            lon: lon!,
          }),
        ),
        effective_date,
      });
      if ("failed" in analysis) return;
      Analysis.parse(analysis);
      const prices = drawn.map(([sale, , { price = sale.price }]) => price);
      expect(analysis.suggested_price).toBeLessThan(Math.max(...prices) * 4 + 1);
      expect(analysis.range.low).toBeGreaterThan(0);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

test("the grid's columns add up and its reconciliation reproduces the price to the dollar", () => {
  fc.assert(
    fc.property(inputs, (from) => {
      const { comps, neighbourhood, suggested_price } = answered(from);
      for (const comp of comps) {
        const total = comp.adjustments.reduce((sum, { amount }) => sum + amount, 0);
        expect(Math.round(comp.sale.price) + total).toBe(comp.adjusted_price);
        expect(total).toBe(comp.net_adjustment);
      }
      if (neighbourhood) {
        const { sales, weight, adjusted_price } = neighbourhood;
        const parts = sales.map((further) => Math.round(further.weight * 10_000));
        const total = parts.reduce((sum, part) => sum + part, 0);
        const worth = sales.reduce((sum, further, i) => sum + parts[i]! * further.adjusted_price, 0);
        expect([Math.round(weight * 10_000), adjusted_price]).toEqual([total, Math.round(worth / total)]);
        for (const further of sales)
          expect(further.price + further.net_adjustment).toBe(further.adjusted_price);
      }
      const columns = neighbourhood ? [...comps, neighbourhood] : comps;
      const units = columns.map(({ weight }) => Math.round(weight * 10_000));
      expect(units.reduce((sum, weight) => sum + weight, 0)).toBe(10_000);
      const reconciled = columns.reduce((sum, { adjusted_price }, i) => sum + units[i]! * adjusted_price, 0);
      expect(Math.round(reconciled / 10_000)).toBe(suggested_price);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

test("the asking price never moves the suggestion; only the position answers to it", () => {
  fc.assert(
    fc.property(inputs, fc.integer({ min: 1, max: 5_000_000 }), (from, asking_price) => {
      const {
        asking_price: _,
        market_position,
        recommendations,
        ...rest
      } = answered({ ...from, asking_price });
      const { asking_price: __, market_position: none, recommendations: ___, ...without } = answered(from);
      expect(rest).toEqual(without);
      expect(none).toBeNull();
      const { low, high } = rest.middle_range;
      expect(market_position).toBe(asking_price > high ? "above" : asking_price < low ? "below" : "at");
    }),
    { numRuns: 50, endOnFailure: true },
  );
});

test("neither the order of the candidates nor running again changes a bit", () => {
  fc.assert(
    fc.property(inputs, fc.integer(), (from, seed) => {
      const shuffled = from.candidates
        .map((candidate, i) => ({ candidate, at: Math.sin(seed + i) }))
        .sort((a, b) => a.at - b.at)
        .map(({ candidate }) => candidate);
      const stored: AnalysisInputs = JSON.parse(JSON.stringify({ ...from, candidates: shuffled }));
      expect(JSON.stringify(answered(stored))).toBe(JSON.stringify(answered(from)));
    }),
    { numRuns: 50, endOnFailure: true },
  );
});

test("without a sale before the day there is no price but a reason", () => {
  expect(analyse({ subject, candidates: [], effective_date })).toEqual({
    failed: expect.stringContaining("no sale"),
    too_old: false,
    rejected: [],
  });
  const later = analyse({ subject, candidates: [sale("a", { sale_date: effective_date })], effective_date });
  expect(later).toMatchObject({ failed: expect.any(String), rejected: [{ code: "not_before" }] });
});

test("one or two comparables give at most .40 and say so; distant ones at most .15", () => {
  for (const count of [1, 2]) {
    const few = completed({ subject, candidates: many(count), effective_date });
    expect(few.confidence).toBeLessThanOrEqual(0.4);
    expect(few.confidence_reasons.map(({ code }) => code)).toContain("few_comparables");
    expect(few.suggested_price / 400_000).toBeGreaterThan(0.85);
    expect(few.suggested_price / 400_000).toBeLessThan(1.15);
  }
  const far = completed({ subject, candidates: many(40, () => ({ lat: 48.9 })), effective_date });
  expect(far.confidence).toBeLessThanOrEqual(0.15);
  expect(far.confidence_reasons.map(({ text }) => text).join()).toContain("Not enough data");
});

test("the subject's own sales, doubles, other kinds and typing errors are left out with their reason", () => {
  const candidates = [
    ...many(30, (i) => ({ price: 400_000 + 1_000 * i })),
    sale("subject", { price: 90_000 }),
    { ...sale("c2"), price: 402_000, id: "again" },
    sale("m", { property_type: "land", price: 100_000 }),
    sale("x", { price: 4_000_000 }),
    sale("y", { price: 42_000 }),
  ];
  const analysis = completed({ subject, candidates, effective_date });
  const code = (id: string) => analysis.rejected.find((rejected) => rejected.id === id)?.code;
  expect(["subject", "m", "x", "y"].map(code)).toEqual([
    "subject_itself",
    "other_kind",
    "out_of_line",
    "out_of_line",
  ]);
  expect(analysis.rejected.filter((rejected) => rejected.code === "duplicate")).toHaveLength(1);
  expect(analysis.suggested_price).toBeGreaterThan(380_000);
  expect(analysis.suggested_price).toBeLessThan(450_000);
  const further = analysis.neighbourhood?.sales.length ?? 0;
  expect(analysis.comps.length + further + analysis.rejected.length).toBe(candidates.length);
});

test("every comparable is within 25 % net adjustment and a year old at most while twelve such exist", () => {
  const candidates = [
    ...many(20, (i) => ({ price: 400_000 + 1_000 * i, size_sqft: 1700 + 10 * i })),
    ...many(20, (i) => ({ id: `old${i}`, sale_date: "2013-05-01", price: 350_000 + 1_000 * i })),
    ...many(20, (i) => ({ id: `big${i}`, size_sqft: 6000 + i, price: 900_000 + 1_000 * i })),
  ];
  const { comps } = completed({ subject, candidates, effective_date });
  expect(comps).toHaveLength(12);
  for (const comp of comps) {
    expect(Math.abs(comp.net_percent)).toBeLessThanOrEqual(25);
    expect(comp.older_than_a_year).toBe(false);
  }
});

test("older sales are used when recent ones are too few, with the reason, and age lowers the confidence", () => {
  const aged = (year: number) =>
    many(30, (i) => ({ sale_date: `${year}-${10 + (i % 3)}-20`, price: 400_000 + 2_000 * (i % 9) }));
  const recent = completed({ subject, candidates: aged(2015), effective_date });
  const old = completed({ subject, candidates: aged(2014), effective_date });
  expect(old.comps.every((comp) => comp.older_than_a_year)).toBe(true);
  expect(old.confidence_reasons.map(({ code }) => code)).toEqual(
    expect.arrayContaining(["old_sales", "stale_market"]),
  );
  expect(old.confidence).toBeLessThan(recent.confidence);
  for (const { adjustments, age_reason } of old.comps) {
    expect(adjustments.find(({ line }) => line === "time")?.subject).toBe("2014-12-20");
    expect(age_reason).toBe("No recent sale nearby is like this home.");
  }
  expect(recent.comps.every(({ age_reason }) => age_reason === null)).toBe(true);
});

test("what the subject lacks lowers the confidence and is said", () => {
  const candidates = many(60, (i) => ({ size_sqft: 1200 + 20 * i, price: 280_000 + 4_000 * i }));
  const { size_sqft: _, ...unmeasured } = subject;
  const known = completed({ subject, candidates, effective_date });
  const unknown = completed({ subject: unmeasured, candidates, effective_date });
  expect(unknown.confidence).toBeLessThan(known.confidence);
  expect(unknown.confidence_reasons.map(({ code }) => code)).toContain("missing_facts");
});

test("what the same inputs give has a version: when this changes, raise engineVersion with it", () => {
  const { suggested_price, range, confidence, comps } = completed({
    subject,
    candidates: many(60, (i) => ({
      price: 350_000 + 7_001 * ((i * 37) % 29),
      size_sqft: 1400 + 31 * ((i * 17) % 40),
      sale_date: `2015-${String(1 + (i % 12)).padStart(2, "0")}-11`,
      condition: 2 + (i % 3),
    })),
    effective_date,
  });
  expect([
    engineVersion,
    suggested_price,
    range.low,
    range.high,
    confidence,
    comps.length,
  ]).toMatchInlineSnapshot(`
    [
      "1.6.0",
      408566,
      354850,
      470413,
      0.625,
      12,
    ]
  `);
});
