import { type Covariance, type CovarianceInput, covary } from "./covariance.ts";
import { factorise, type Symmetric, solveFactored, symmetric } from "./linear-algebra.ts";

/** The prior variance of the market's level: so wide that the weights sum to one. */
const level = 4;
/** Each round brings the outside's share nearer to what it may hold; clipped weights ask for more than one. */
const roundsToHold = 6;

/** The kriging system of a subject and its sales, factorised once; weights are shares that sum to one, none negative. */
export interface Kriging {
  /** The weights that predict the subject's price best. */
  readonly weights: () => Float64Array;
  /** The best weights with a cap on the share outside the grid: one more solve, with a penalty on sales outside it. */
  readonly heldBy: (inside: readonly boolean[], mostOutside: number) => Float64Array;
  /** The variance of the subject's log price around the mean by these weights. */
  readonly variance: (weights: Float64Array) => number;
}

/** Sets the system up; `doubt` is extra variance of each sale: what its own adjustments leave uncertain. */
export function kriging(
  subject: CovarianceInput,
  sales: readonly CovarianceInput[],
  doubt: ArrayLike<number>,
  c: Covariance,
): Kriging {
  const size = sales.length;
  const matrix = symmetric(size);
  const whole = c.alike + c.local + c.wide + c.region + c.noise;
  const toSubject = Float64Array.from(sales, (sale) => covary(subject, sale, c));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++)
      matrix.values[row * size + column] = covary(sales[row]!, sales[column]!, c);
    matrix.values[row * size + row] = whole + doubt[row]!;
  }
  const factor: Symmetric = { size, values: matrix.values.map((value) => value + level) };
  factorise(factor);
  const best = solveFactored(
    factor,
    toSubject.map((value) => value + level),
  );
  return {
    weights: () => shares(best),
    heldBy(inside, mostOutside) {
      const outside = (weights: Float64Array) =>
        weights.reduce((sum, weight, i) => sum + (inside[i] ? 0 : weight), 0);
      let weights = shares(best);
      if (outside(weights) <= mostOutside) return weights;
      const costly = solveFactored(
        factor,
        weights.map((_, i) => Number(!inside[i])),
      );
      let price = 0;
      for (let round = 0; round < roundsToHold && outside(weights) > mostOutside; round++) {
        price += (outside(weights) - mostOutside) / outside(costly);
        weights = shares(best.map((weight, i) => weight - price * costly[i]!));
      }
      return weights;
    },
    variance: (weights) => Math.max(whole + spread(weights, toSubject, matrix), c.noise),
  };
}

function shares(weights: Float64Array): Float64Array {
  const positive = weights.map((weight) => Math.max(0, weight));
  const total = positive.reduce((sum, weight) => sum + weight, 0);
  return positive.map((weight) => weight / total);
}

function spread(weights: Float64Array, toSubject: Float64Array, { size, values }: Symmetric): number {
  let variance = 0;
  for (let row = 0; row < size; row++) {
    if (weights[row] === 0) continue;
    let inner = weights[row]! * values[row * size + row]! - 2 * toSubject[row]!;
    for (let column = 0; column < row; column++) inner += 2 * weights[column]! * values[row * size + column]!;
    variance += weights[row]! * inner;
  }
  return variance;
}
