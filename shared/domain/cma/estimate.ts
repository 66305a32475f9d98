import { type Covariance, type CovarianceInput, covary } from "./covariance.ts";
import type { Evidence } from "./evidence.ts";
import { kriging } from "./kriging.ts";

/** Evidence with its share in the price. */
export interface Weighed extends Evidence {
  readonly weight: number;
}

/** A sale of the grid. */
export interface Chosen extends Weighed {
  /** Why it is there though it sold more than a year ago, as a sentence; null for a recent one. */
  readonly whyOld: string | null;
}

/** The estimate of the subject's price before market movement and rounding; both lists are sorted by weight. */
export interface Estimate {
  /** The sales of the grid: together at least 80 % of the weight, each a hundredth at least. */
  readonly comps: readonly Chosen[];
  /** The others that have weight, none of them more than any of the grid. */
  readonly further: readonly Weighed[];
  /** Variance of the subject's log price by the covariance; this and the next two of the weights before the grid's share. */
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

/** The total weight of the sales outside the grid, at most. */
const mostOutside = 0.2;
/** The weight of a sale in the grid, at least. */
const leastInGrid = 0.01;

/** What stands in the grid of all that were weighed; `held` ones (kept by the agent) are weighed at any distance. */
export interface Choice {
  readonly held: (item: Evidence) => boolean;
  readonly grid: (weighed: readonly Weighed[]) => readonly Chosen[];
}

/**
 * Weighs the sales for a subject by their covariance with it; large adjustments and outliers lower a weight. The grid
 * is chosen by these weights, which also give the standard error; then all are weighed again so that the grid holds
 * its share.
 */
export function weigh(
  subject: CovarianceInput,
  evidence: readonly Evidence[],
  covariance: Covariance,
  choice: Choice,
): Estimate {
  const closest = evidence
    .map((item) => ({ item, with: covary(subject, item.at, covariance) }))
    .sort((a, b) => b.with - a.with)
    .map(({ item }) => item)
    .filter((item, i) => i < mostWeighed || choice.held(item));
  const doubt = closest.map((item) => (rateDoubt * byFeatures(item)) ** 2);
  const places = closest.map((item) => item.at);
  const system = kriging(subject, places, doubt, covariance);
  const adjusted = closest.map((item) => item.adjusted);
  const inLine = (weights: Float64Array) =>
    againstOutliers(weights, adjusted, outlying * Math.sqrt(covariance.noise));
  const withWeights = (weights: Float64Array) =>
    closest.map((item, i): Weighed => ({ ...item, weight: weights[i]! }));

  const free = inLine(system.weights());
  const chosen = choice.grid(withWeights(free));
  const grid = new Map(chosen.map(({ sale, whyOld }) => [sale, whyOld]));
  const inside = closest.map(({ sale }) => grid.has(sale));
  const weights = carriedBy(inside, inLine(system.heldBy(inside, mostOutside)));

  const centre = adjusted.reduce((sum, value, i) => sum + free[i]! * value, 0);
  const spread = adjusted.reduce((sum, value, i) => sum + free[i]! * (value - centre) ** 2, 0);
  const effective = 1 / free.reduce((sum, weight) => sum + weight ** 2, 0);
  const weighed = withWeights(weights).sort((a, b) => b.weight - a.weight);
  return {
    comps: weighed.flatMap((item) => {
      const whyOld = grid.get(item.sale);
      return whyOld === undefined ? [] : [{ ...item, whyOld }];
    }),
    further: weighed.filter(({ sale, weight }) => weight > 0 && !grid.has(sale)),
    variance: system.variance(free),
    dispersion: Math.sqrt((effective * spread + fewSales * covariance.noise) / (effective + fewSales)),
    adjusted: closest.reduce((sum, item, i) => sum + free[i]! * Math.abs(byFeatures(item)), 0),
  };
}

/** The weights with a hundredth at least for each of the grid, and none of the others above the grid's least. */
function carriedBy(inside: readonly boolean[], weights: Float64Array): Float64Array {
  const outside = total(weights.filter((_, i) => !inside[i]));
  const spare = Math.min(1, mostOutside / outside);
  const least = raised(inside, weights, spare * outside).reduce((a, b) => (b > 0 ? Math.min(a, b) : a), 1);
  const further = weights.map((weight, i) => (inside[i] ? 0 : Math.min(spare * weight, below * least)));
  const grid = raised(inside, weights, total(further));
  return further.map((weight, i) => weight + grid[i]!);
}

/** The grid's weights scaled to what the others leave, those that would be below a hundredth at a hundredth. */
function raised(inside: readonly boolean[], weights: Float64Array, others: number): Float64Array {
  const grid = weights.map((weight, i) => (inside[i] ? weight : 0));
  const low = new Set<number>();
  for (;;) {
    const room = 1 - others - leastInGrid * low.size;
    const scale = room / total(grid.filter((_, i) => !low.has(i)));
    const more = [...grid.keys()].filter((i) => inside[i] && !low.has(i) && scale * grid[i]! < leastInGrid);
    if (more.length === 0) return grid.map((weight, i) => (low.has(i) ? leastInGrid : scale * weight));
    for (const i of more) low.add(i);
  }
}

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/** So that rounding does not put a sale outside the grid above one inside. */
const below = 0.999;

/** The sum of a sale's adjustments for features, in log price. */
export function byFeatures(item: Evidence): number {
  return Object.values(item.byFeature).reduce((sum, worth) => sum + worth, 0);
}

function againstOutliers(weights: Float64Array, values: readonly number[], reach: number): Float64Array {
  let centre = weightedMedian(values, weights);
  let shares = weights;
  for (let round = 0; round < roundsAgainstOutliers; round++) {
    const reduced = weights.map((weight, i) => weight * Math.min(1, reach / Math.abs(values[i]! - centre)));
    const sum = total(reduced);
    shares = reduced.map((weight) => weight / sum);
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
