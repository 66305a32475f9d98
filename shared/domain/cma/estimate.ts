import { type Covariance, covary, krige, type Standing } from "./covariance.ts";
import type { Evidence } from "./evidence.ts";

/** Evidence with its share in the price. */
export interface Weighed extends Evidence {
  readonly weight: number;
}

/** What the sales say of the subject before the market's movement and before rounding. */
export interface Estimate {
  readonly weighed: readonly Weighed[];
  /** Weighted mean of the adjusted log prices. */
  readonly centre: number;
  /** Variance of the subject's log price by the covariance. */
  readonly variance: number;
  /** Weighted standard deviation of the adjusted log prices, steadied where they are few. */
  readonly dispersion: number;
  /** Weighted mean size of the adjustments for features, in log price. */
  readonly adjusted: number;
}

/** So many sales at most enter the solve, whose cost grows with the cube; further ones change next to nothing. */
const mostWeighed = 60;
/** Share of an adjustment that may be wrong. */
const rateDoubt = 0.25;
const fewSales = 2;
/**
 * Beyond so many standard deviations of the noise a price has the less weight the further it is off (Huber). His 1.345
 * errs a little less at the median and leans more: dear homes too low, cheap ones too high (PRB beyond .05).
 */
const outlying = 3;
const roundsAgainstOutliers = 2;

/** Weighs the evidence for a subject: those that go with it most, less what is adjusted much or out of line. */
export function weigh(subject: Standing, evidence: readonly Evidence[], covariance: Covariance): Estimate {
  const closest = evidence
    .map((item) => ({ item, with: covary(subject, item.at, covariance) }))
    .sort((a, b) => b.with - a.with)
    .slice(0, mostWeighed)
    .map(({ item }) => item);
  const doubt = closest.map((item) => (rateDoubt * byFeatures(item)) ** 2);
  const { weights, variance } = krige(
    subject,
    closest.map((item) => item.at),
    doubt,
    covariance,
  );
  const adjusted = closest.map((item) => item.adjusted);
  const shares = againstOutliers(weights, adjusted, outlying * Math.sqrt(covariance.noise));
  const centre = adjusted.reduce((sum, value, i) => sum + shares[i]! * value, 0);
  const spread = adjusted.reduce((sum, value, i) => sum + shares[i]! * (value - centre) ** 2, 0);
  const effective = 1 / shares.reduce((sum, share) => sum + share ** 2, 0);
  return {
    weighed: closest.map((item, i) => ({ ...item, weight: shares[i]! })),
    centre,
    variance,
    dispersion: Math.sqrt((effective * spread + fewSales * covariance.noise) / (effective + fewSales)),
    adjusted: closest.reduce((sum, item, i) => sum + shares[i]! * Math.abs(byFeatures(item)), 0),
  };
}

/** The sum of a sale's adjustments for features, in log price. */
export function byFeatures(item: Evidence): number {
  return Object.values(item.byFeature).reduce((sum, worth) => sum + worth, 0);
}

function againstOutliers(weights: Float64Array, values: readonly number[], reach: number): Float64Array {
  let centre = weightedMedian(values, weights);
  let shares = weights;
  for (let round = 0; round < roundsAgainstOutliers; round++) {
    const reduced = weights.map((weight, i) => weight * Math.min(1, reach / Math.abs(values[i]! - centre)));
    const total = reduced.reduce((sum, weight) => sum + weight, 0);
    shares = reduced.map((weight) => weight / total);
    centre = values.reduce((sum, value, i) => sum + shares[i]! * value, 0);
  }
  return shares;
}

/** The value that half of the weight lies at or below. */
export function weightedMedian(values: readonly number[], weights: ArrayLike<number>): number {
  const sorted = values.map((value, i) => ({ value, weight: weights[i]! })).sort((a, b) => a.value - b.value);
  let left = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { value, weight } of sorted) {
    left -= weight;
    if (left <= 0) return value;
  }
  return sorted.at(-1)!.value;
}
