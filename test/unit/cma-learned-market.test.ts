import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import { Analysis } from "../../shared/domain/cma/analysis.ts";
import { calibrationFrom, drift } from "../../shared/domain/cma/calibration.ts";
import { learnMarket } from "../../shared/domain/cma/learned-market.ts";
import { dateOf, dayOf, type Sale } from "../../shared/domain/cma/sale.ts";
import { homes, sales } from "./cma-sales.ts";

const asOf = "2016-01-01";
const madeUp = fc.sample(sales, { seed: 7, numRuns: 400 }).map((sale, i) => ({ ...sale, id: `s${i}` }));
const shiftedTo = (first: string, span: number, count: number): Sale[] =>
  madeUp
    .slice(0, count)
    .map((sale, i) => ({ ...sale, sale_date: dateOf(dayOf(first) + Math.floor((i * span) / count)) }));

test.each([
  ["one sale", shiftedTo("2015-11-01", 1, 1)],
  ["one old sale", shiftedTo("2014-01-01", 1, 1)],
  ["50 sales", shiftedTo("2015-01-01", 364, 50)],
  // 40 errors of reference and those of 200 sales are more than the 200 that are kept.
  ["all in the last 90 days", shiftedTo("2015-10-20", 70, 200)],
  ["none in the last 90 days", shiftedTo("2013-01-01", 700, 300)],
  ["all on one day", shiftedTo("2015-12-31", 1, 200)],
  ["two years", shiftedTo("2014-01-01", 729, 400)],
  [
    "sales without lots or years",
    shiftedTo("2014-01-01", 729, 120).map(({ lot_sqft, year_built, ...rest }) => rest),
  ],
])("a market learned from %s is small, the same in any order, and gives whole analyses", (_, known) => {
  const market = learnMarket(known, asOf);
  expect(market.calibration.errors.length).toBeLessThanOrEqual(200);
  expect(JSON.stringify(market)).not.toContain("null");
  expect(learnMarket(known.toReversed(), asOf)).toEqual(market);
  fc.assert(
    fc.property(homes, (home) => {
      const stored = JSON.parse(JSON.stringify(market));
      const inputs = {
        subject: { ...home, id: "subject" },
        candidates: known.slice(-60),
        effective_date: asOf,
      };
      const analysis = analyse({ ...inputs, market: stored });
      // Where the fit left some out, all the candidates may be more than it had.
      const { source } = Analysis.parse(analysis).market;
      if (market.fit.rates.sample >= inputs.candidates.length) expect(source).toBe("market");
      else expect(["market", "candidates"]).toContain(source);
      expect(analysis).toEqual(analyse({ ...inputs, market }));
    }),
    { numRuns: 10, endOnFailure: true },
  );
});

test("what is seen on the day itself, or 90 days before, is not known; the drift fades as days pass", () => {
  const day = dayOf(asOf);
  const seen = [-95, -20, -10, 0].map((back) => ({
    day: day + back,
    error: back === 0 ? 9 : 0.05,
    standard: 1,
  }));
  const calibration = calibrationFrom(seen, asOf);
  expect(calibration.drift).toMatchObject({ log: 0.05, sample: 2 });
  const [now, later] = [drift(calibration, day), drift(calibration, day + 60)];
  expect(now.log).toBeGreaterThan(later.log);
  expect(later.log).toBeGreaterThan(0);
});

test("a fit from fewer sales than the candidates says less than they do", () => {
  const known = shiftedTo("2015-01-01", 360, 120);
  const inputs = { subject: { ...known[0]!, id: "subject" }, candidates: known, effective_date: asOf };
  const source = (sales: readonly Sale[]) =>
    Analysis.parse(analyse({ ...inputs, market: learnMarket(sales, asOf) })).market.source;
  expect([source(known), source(known.slice(0, 3))]).toEqual(["market", "candidates"]);
});
