import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import type { Sale } from "../../shared/domain/cma/sale.ts";
import { homes, sales } from "./cma-sales.ts";

const effective_date = "2016-01-01";

test("the grid carries the price: no sale outside weighs more than one inside, all together a fifth at most", () => {
  const recent = sales.map((sale) => ({
    ...sale,
    sale_date: `201${4 + (sale.sale_date > "2006" ? 1 : 0)}${sale.sale_date.slice(4)}`,
  }));
  fc.assert(
    fc.property(homes, fc.array(recent, { minLength: 13, maxLength: 80 }), (home, candidates) => {
      const analysis = analyse({ subject: { ...home, id: "subject" }, candidates, effective_date });
      if ("failed" in analysis) return;
      const { comps, neighbourhood } = analysis;
      const least = Math.min(...comps.map(({ weight }) => weight));
      expect(least).toBeGreaterThanOrEqual(0.01);
      for (const { weight } of neighbourhood?.sales ?? []) expect(weight).toBeLessThanOrEqual(least);
      expect(neighbourhood?.weight ?? 0).toBeLessThanOrEqual(0.2);
      for (const { older_than_a_year, age_reason } of comps)
        expect(age_reason !== null).toBe(older_than_a_year);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

const home = {
  lat: 47.6,
  lon: -122.2,
  property_type: "house",
  size_sqft: 1800,
  year_built: 1975,
  bedrooms: 3,
};
const around = (count: number, more: (i: number) => Partial<Sale>): Sale[] =>
  Array.from({ length: count }, (_, i) => ({
    ...home,
    id: `sale-${i}`,
    sale_date: `2015-${String(1 + (i % 12)).padStart(2, "0")}-14`,
    lat: home.lat + 0.003 * (1 + (i % 6)),
    lon: home.lon + 0.004 * (Math.floor(i / 6) - 3),
    size_sqft: 1500 + 20 * i,
    price: 360_000 + 3_100 * i,
    ...more(i),
  }));

test("a sale of 13 months ago next door and alike stands in the grid beside recent ones, and says why", () => {
  const telling = {
    ...home,
    id: "next-door",
    lat: home.lat + 0.0002,
    sale_date: "2014-11-20",
    price: 412_000,
  };
  const analysis = analyse({
    subject: home,
    candidates: [...around(40, () => ({})), telling],
    effective_date,
  });
  if ("failed" in analysis) throw new Error(analysis.failed);
  const column = analysis.comps.find(({ sale }) => sale.id === "next-door");
  expect(column?.weight).toBeGreaterThan(1 / 12);
  expect(column?.age_reason).toMatch(/says more about the price of this home than any recent sale/);
  expect(analysis.confidence_reasons.map(({ code }) => code)).toContain("old_sales");
});

test("a sale of three years ago stands in it where recent ones are too few, and says how few", () => {
  const candidates = around(30, (i) => (i < 4 ? {} : { sale_date: "2012-06-14" }));
  const analysis = analyse({ subject: home, candidates, effective_date });
  if ("failed" in analysis) throw new Error(analysis.failed);
  const old = analysis.comps.filter(({ older_than_a_year }) => older_than_a_year);
  expect(old.length).toBeGreaterThan(5);
  for (const { age_reason } of old)
    expect(age_reason).toMatch(/Only \d recent sales|says more about the price/);
});
