import type { Analysis } from "./analysis.ts";
import { weightedMedian } from "./estimate.ts";
import { quantile } from "./features.ts";
import { dayOf, type Sale } from "./sale.ts";

/** One past suggestion against the sale that followed. */
export interface Observation {
  readonly day: number;
  /** Log of the sale's price over the suggestion without its market movement. */
  readonly error: number;
  /** Log of the sale's price over the suggestion, in its predicted standard errors. */
  readonly standard: number;
}

/** What the engine's own past errors in a market say of its level and of its ranges; immutable. */
export interface Calibration {
  readonly observations: readonly Observation[];
}

export const uncalibrated: Calibration = { observations: [] };

const rememberedDays = 90;
const mostRemembered = 4000;
const driftDays = 30;
const driftShrink = 30;

/** The calibration with more observations; what is older than 90 days, or beyond the latest 4,000, is forgotten. */
export function observe(calibration: Calibration, seen: readonly Observation[]): Calibration {
  const all = [...calibration.observations, ...seen].toSorted((a, b) => a.day - b.day);
  const newest = all.at(-1)?.day ?? 0;
  return { observations: all.filter(({ day }) => day > newest - rememberedDays).slice(-mostRemembered) };
}

/** How far the market moved beyond the time adjustment, in log price: the median of its own errors before a day. */
export function drift(calibration: Calibration, day: number): { log: number; sample: number } {
  const past = calibration.observations.filter((seen) => seen.day < day);
  if (past.length === 0) return { log: 0, sample: 0 };
  const weights = past.map((seen) => Math.exp((seen.day - day) / driftDays));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const middle = weightedMedian(
    past.map((seen) => seen.error),
    weights,
  );
  return { log: (middle * total) / (total + driftShrink), sample: past.length };
}

/** Errors in standard errors as they are before a market has its own: logistic, a little wide at the ends. */
const referenceSize = 40;
const referenceScale = 0.5;
const reference = Array.from({ length: referenceSize }, (_, i) => {
  const share = (i + 0.5) / referenceSize;
  return referenceScale * Math.log(share / (1 - share));
});

/** The sorted standard errors that a market's ranges are read from. */
export function standardErrors(calibration: Calibration, day: number): Float64Array {
  const past = calibration.observations.filter((seen) => seen.day < day).map((seen) => seen.standard);
  return Float64Array.from([...reference, ...past]).sort();
}

/** The range, as factors of the suggestion, that a share of sales falls into. */
export function conformalRange(
  errors: Float64Array,
  error: number,
  share: number,
): { low: number; high: number } {
  return {
    low: Math.exp(error * quantile(errors, (1 - share) / 2)),
    high: Math.exp(error * quantile(errors, (1 + share) / 2)),
  };
}

const hit = 0.1;

/** The probability that a sale falls within 10 % of the suggestion. */
export function hitProbability(errors: Float64Array, error: number): number {
  const low = Math.log(1 - hit) / error;
  const high = Math.log(1 + hit) / error;
  return errors.filter((e) => e >= low && e <= high).length / errors.length;
}

/** What a sale says of the analysis made before it. */
export function observation(analysis: Analysis, sale: Sale): Observation {
  const error = Math.log(sale.price / analysis.suggested_price);
  return {
    day: dayOf(sale.sale_date),
    error: error + Math.log1p(analysis.market_movement.percent / 100),
    standard: error / analysis.standard_error,
  };
}
