import { weightedMedian } from "./estimate.ts";
import { quantile } from "./features.ts";
import { dateOf, dayOf, type Sale } from "./sale.ts";

/** One past suggestion against the sale that followed. */
export interface Observation {
  readonly day: number;
  /** Log of the sale's price over the suggestion without its market movement. */
  readonly error: number;
  /** Log of the sale's price over the suggestion, in its predicted standard errors. */
  readonly standard: number;
}

/** Corrections of price level and ranges, from the engine's past errors in a market: at most some 200 numbers. */
export interface Calibration {
  /** The day before which the errors were seen, YYYY-MM-DD. */
  readonly as_of: string;
  /** Median error in log price, the weight of what it was seen in after its decay, and how many sales that was. */
  readonly drift: { readonly log: number; readonly weight: number; readonly sample: number };
  /** Sorted errors in predicted standard errors, which the ranges are read from. */
  readonly errors: readonly number[];
}

const rememberedDays = 90;
const driftDays = 30;
const driftShrink = 30;
const mostErrors = 200;

/** Errors in standard errors as they are before a market has its own: logistic, a little wide at the ends. */
const referenceSize = 40;
const referenceScale = 0.5;
const reference = Array.from({ length: referenceSize }, (_, i) => {
  const share = (i + 0.5) / referenceSize;
  return referenceScale * Math.log(share / (1 - share));
});

/** The calibration from the observations of the 90 days before a day; without any, the reference. */
export function calibrationFrom(seen: readonly Observation[], asOf: string): Calibration {
  const today = dayOf(asOf);
  const past = seen.filter(({ day }) => day < today && day >= today - rememberedDays);
  const weights = past.map(({ day }) => Math.exp((day - today) / driftDays));
  return {
    as_of: asOf,
    drift: {
      log:
        past.length === 0
          ? 0
          : weightedMedian(
              past.map(({ error }) => error),
              weights,
            ),
      weight: weights.reduce((sum, weight) => sum + weight, 0),
      sample: past.length,
    },
    errors: thinned(Float64Array.from([...reference, ...past.map(({ standard }) => standard)]).sort()),
  };
}

/** The calibration of a market without observations. */
export const uncalibrated = calibrationFrom([], dateOf(0));

function thinned(sorted: Float64Array): number[] {
  if (sorted.length <= mostErrors) return [...sorted];
  return Array.from({ length: mostErrors }, (_, i) => quantile(sorted, (i + 0.5) / mostErrors));
}

/** How far the market moved beyond the time adjustment, in log price; observations weigh less with every day since. */
export function drift({ as_of, drift: seen }: Calibration, day: number): { log: number; sample: number } {
  const weight = seen.weight * Math.exp((dayOf(as_of) - day) / driftDays);
  return { log: (seen.log * weight) / (weight + driftShrink), sample: seen.sample };
}

/** The range, as factors of the suggestion, that a share of sales falls into. */
export function conformalRange(
  errors: ArrayLike<number>,
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
export function hitProbability(errors: readonly number[], error: number): number {
  const low = Math.log(1 - hit) / error;
  const high = Math.log(1 + hit) / error;
  return errors.filter((e) => e >= low && e <= high).length / errors.length;
}

/** The error of an analysis against the sale that followed. */
export function observation(
  {
    suggested_price,
    market_movement,
    standard_error,
  }: {
    readonly suggested_price: number;
    readonly market_movement: { readonly percent: number };
    readonly standard_error: number;
  },
  sale: Sale,
): Observation {
  const error = Math.log(sale.price / suggested_price);
  return {
    day: dayOf(sale.sale_date),
    error: error + Math.log1p(market_movement.percent / 100),
    standard: error / standard_error,
  };
}
