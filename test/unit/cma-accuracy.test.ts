import { expect, test } from "vitest";
import { readSales } from "../bench/market-csv.ts";
import { type Metrics, metrics } from "../bench/metrics.ts";
import { backtest } from "../bench/scored-replay.ts";

const kingCounty = readSales(
  new URL("../../infra/local/demo/king-county-sales-2014-2015.csv.gz", import.meta.url).pathname,
);

/** Every tenth sale of the back-test (476), with room for the noise of so small a sample (1.5 points of PPE10). */
function figures(fit: "market" | "candidates"): Metrics {
  let place = 0;
  const scored = () => place++ % 10 === 0;
  return metrics(backtest(kingCounty, { from: "2015-03-01", fit, scored }), 0);
}

test.each(["market", "candidates"] as const)(
  "King County with rates from the %s: as accurate as promised",
  (fit) => {
    const { n, answered, MdAPE, PPE10, PPE20, coverage_80, width_80, median_ratio, ...rest } = figures(fit);
    expect({ n, answered }).toEqual({ n: 476, answered: 1 });
    expect(MdAPE).toBeLessThan(8.8);
    expect(PPE10).toBeGreaterThan(55);
    expect(PPE20).toBeGreaterThan(82);
    expect(rest.COD).toBeLessThan(12);
    expect(median_ratio).toBeGreaterThan(0.96);
    expect(coverage_80).toBeGreaterThan(76);
    expect(coverage_80).toBeLessThan(84);
    expect(width_80).toBeLessThan(42);
    expect(rest.confidence_AUC).toBeGreaterThan(0.63);
    expect(rest.confidence_quarters).toBeGreaterThan(1.6);
  },
);
