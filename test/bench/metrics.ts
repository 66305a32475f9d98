import { median, quantile } from "../../shared/domain/cma/features.ts";

/** One replayed sale: what was said, and what it sold for; without `said` it could not be answered. */
export interface Scored {
  readonly price: number;
  readonly said?: {
    readonly price: number;
    readonly low: number;
    readonly high: number;
    readonly confidence: number;
    /** Share of the weight that the grid's comparables hold. */
    readonly in_grid: number;
  };
}

/** The figures of the back-test; percentages as 8.4. A sale without an answer counts as an error of 100 %. */
export function metrics(replayed: readonly Scored[], cpuMs: number) {
  const answered = replayed.flatMap(({ price, said }) =>
    said ? [{ ...said, actual: price, said: said.price }] : [],
  );
  const errors = replayed.map(({ price, said }) => (said ? Math.abs(said.price / price - 1) : 1));
  const sorted = Float64Array.from(errors).sort();
  const within = (share: number) => 100 * mean(errors.map((error) => Number(error <= share)));
  const ratios = answered.map(({ said, actual }) => said / actual);
  const middle = median(ratios);
  const prices = answered.map(({ actual }) => actual);
  const centre = mean(prices);
  const squares = (values: readonly number[]) => values.reduce((sum, value) => sum + value ** 2, 0);
  return {
    n: replayed.length,
    answered: answered.length / replayed.length,
    MdAPE: 100 * quantile(sorted, 0.5),
    MAPE: 100 * mean(errors),
    PPE5: within(0.05),
    PPE10: within(0.1),
    PPE20: within(0.2),
    R2:
      1 - squares(answered.map(({ said, actual }) => said - actual)) / squares(prices.map((p) => p - centre)),
    COD: (100 * mean(ratios.map((ratio) => Math.abs(ratio - middle)))) / middle,
    PRD: mean(ratios) / (mean(answered.map(({ said }) => said)) / centre),
    PRB: priceBias(answered, middle),
    median_ratio: middle,
    coverage_80: 100 * mean(answered.map(({ low, high, actual }) => Number(actual >= low && actual <= high))),
    width_80: 100 * mean(answered.map(({ low, high, said }) => (high - low) / said)),
    ...confidenceFigures(
      answered.map(({ confidence, said, actual }) => ({
        confidence,
        hit: Math.abs(said / actual - 1) <= 0.1,
      })),
    ),
    grid_weight: median(answered.map(({ in_grid }) => in_grid)),
    cpu_ms_per_subject: cpuMs / replayed.length,
  };
}

export type Metrics = ReturnType<typeof metrics>;

/** PRB as IAAO defines it: the slope of the relative ratio on log2 of the mean of price and value over the median. */
function priceBias(answered: readonly { said: number; actual: number }[], middle: number): number {
  const x = answered.map(({ said, actual }) => Math.log2((actual + said / middle) / 2));
  const y = answered.map(({ said, actual }) => (said / actual - middle) / middle);
  const [mx, my] = [mean(x), mean(y)];
  const slope = x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  return slope / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
}

const bins = 10;

/** Calibration error over ten bins of equal count, and how well confidence ranks hits before misses. */
function confidenceFigures(seen: readonly { confidence: number; hit: boolean }[]) {
  const sorted = seen.toSorted((a, b) => a.confidence - b.confidence);
  let off = 0;
  for (let bin = 0; bin < bins; bin++) {
    const inside = sorted.slice(
      Math.floor((bin * sorted.length) / bins),
      Math.floor(((bin + 1) * sorted.length) / bins),
    );
    const gap = mean(inside.map(({ hit }) => Number(hit))) - mean(inside.map(({ confidence }) => confidence));
    off += inside.length === 0 ? 0 : (Math.abs(gap) * inside.length) / sorted.length;
  }
  const quarter = Math.floor(sorted.length / 4);
  const hits = (some: typeof sorted) => mean(some.map(({ hit }) => Number(hit)));
  return {
    confidence_ECE: off,
    confidence_AUC: auc(sorted),
    confidence_quarters: hits(sorted.slice(-quarter)) / hits(sorted.slice(0, quarter)),
  };
}

/** The chance that a hit has more confidence than a miss; equal ones count half. */
function auc(sorted: readonly { confidence: number; hit: boolean }[]): number {
  let ranks = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start;
    while (end < sorted.length && sorted[end]!.confidence === sorted[start]!.confidence) end++;
    for (let i = start; i < end; i++) if (sorted[i]!.hit) ranks += (start + end + 1) / 2;
    start = end;
  }
  const hits = sorted.filter(({ hit }) => hit).length;
  return (ranks - (hits * (hits + 1)) / 2) / (hits * (sorted.length - hits));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
