import {
  type Column,
  type Encoding,
  encode,
  encodingFor,
  type Feature,
  features,
  median,
  quantile,
} from "./features.ts";
import { dot, factorise, solveFactored, symmetric } from "./linear-algebra.ts";
import { nearest, placeIndex } from "./nearest.ts";
import { dateOf, dayOf, daysPerYear, type Sale } from "./sale.ts";

/** A term of the time curve: log price a year, changing its slope `knot` years before the fit's last sale. */
interface TimeTerm {
  readonly knot: number;
  readonly rate: number;
}

/** What features and time are worth in a market, in log price, and the sample and period behind it. */
export interface Rates {
  readonly encoding: Encoding;
  readonly coefficients: readonly number[];
  readonly time: readonly TimeTerm[];
  /** The robust standard deviation of a sale against its neighbours once features and time are taken out. */
  readonly sigma: number;
  readonly sample: number;
  /** How many of the sample's sales have the feature. */
  readonly known: Readonly<Record<Feature, number>>;
  readonly period: { readonly from: string; readonly to: string };
}

const neighbourCount = 15;
const spacingSample = 200;
const timeKnots = [0, 0.125, 0.25, 0.5, 0.75, 1, 2, 3, 5, 8];
const timeSpread = 0.12;
const huber = 1.345;
const hopeless = 6;
const rounds = 4;

/**
 * Derives the rates of a market: differences between each sale and the mean of its 15 nearest, regressed on the same
 * differences of features and time, so that what a place is worth drops out. Ridge toward the default elasticities,
 * Huber weights, and nothing from a sale more than six deviations off. With them the usual distance from a sale to its
 * 15th neighbour, from a spread of at most 200 sales.
 */
export function fitRates(sales: readonly Sale[]): { rates: Rates; spacingKm: number } {
  const encoding = encodingFor(sales);
  const days = sales.map((sale) => dayOf(sale.sale_date));
  const last = days.reduce((a, b) => Math.max(a, b), -Infinity);
  const first = days.reduce((a, b) => Math.min(a, b), Infinity);
  const knots = timeKnots.filter((knot) => knot < (last - first) / daysPerYear - 0.05);
  const timeRow = (day: number) => knots.map((knot) => Math.max(0, (last - day) / daysPerYear - knot));
  const terms = sales.map((sale, i) => Float64Array.of(...encode(sale, encoding), ...timeRow(days[i]!)));
  const prices = sales.map((sale) => Math.log(sale.price));

  const index = placeIndex(sales.map((sale, i) => ({ lat: sale.lat, lon: sale.lon, i })));
  const rows: Float64Array[] = [];
  const targets: number[] = [];
  const distances: number[] = [];
  for (const point of index.all) {
    const around = nearest(index, point, neighbourCount, (other) => other.i !== point.i);
    distances.push(around.at(-1)?.km ?? 0);
    if (around.length === 0) continue;
    const own = terms[point.i]!;
    const row = new Float64Array(own.length);
    let target = 0;
    for (const { point: other } of around) {
      target += (prices[point.i]! - prices[other.i]!) / around.length;
      const theirs = terms[other.i]!;
      for (let k = 0; k < row.length; k++) row[k]! += (own[k]! - theirs[k]! || 0) / around.length;
    }
    rows.push(row);
    targets.push(target);
  }

  const prior = [
    ...encoding.columns.map(({ prior, spread }) => ({ prior, spread })),
    ...knots.map(() => ({ prior: 0, spread: timeSpread })),
  ];
  const { solution, sigma } = robustRidge(rows, targets, prior);
  const features = encoding.columns.length;
  const rates = {
    encoding,
    coefficients: [...solution.slice(0, features)],
    time: knots.map((knot, k) => ({ knot, rate: solution[features + k]! })),
    sigma,
    sample: sales.length,
    known: knownFeatures(sales),
    period: { from: dateOf(first), to: dateOf(last) },
  };
  const every = Math.ceil(sales.length / spacingSample);
  return { rates, spacingKm: median(distances.filter((_, i) => i % every === 0)) };
}

function knownFeatures(sales: readonly Sale[]): Record<Feature, number> {
  const count = (feature: Feature) => sales.filter((sale) => sale[feature] !== undefined).length;
  return Object.fromEntries(features.map((feature) => [feature, count(feature)])) as Record<Feature, number>;
}

function robustRidge(
  rows: readonly Float64Array[],
  targets: readonly number[],
  prior: readonly Pick<Column, "prior" | "spread">[],
): { solution: Float64Array; sigma: number } {
  let solution: Float64Array = Float64Array.from(prior, (p) => p.prior);
  let sigma = 0;
  for (let round = 0; round <= rounds; round++) {
    const residuals = rows.map((row, i) => targets[i]! - dot(row, solution));
    const sizes = Float64Array.from(residuals, Math.abs).sort();
    sigma = sizes.length < 5 ? defaultSigma : Math.max(0.02, 1.4826 * quantile(sizes, 0.5));
    if (round === rounds) break;
    const normal = symmetric(prior.length);
    const right = new Float64Array(prior.length);
    prior.forEach((p, k) => {
      normal.values[k * prior.length + k] = (sigma / p.spread) ** 2;
      right[k] = (sigma / p.spread) ** 2 * p.prior;
    });
    rows.forEach((row, i) => {
      const off = Math.abs(residuals[i]!) / sigma;
      // The first residuals are against the defaults: too early to call a sale hopeless.
      const weight = off > hopeless && round > 0 ? 0 : Math.min(1, huber / off);
      for (let a = 0; a < row.length; a++) {
        const value = weight * row[a]!;
        if (value === 0) continue;
        right[a]! += value * targets[i]!;
        for (let b = 0; b <= a; b++) normal.values[a * row.length + b]! += value * row[b]!;
      }
    });
    factorise(normal);
    solution = solveFactored(normal, right);
  }
  return { solution, sigma };
}

const defaultSigma = 0.25;

/** The log price of a day against that of the rates' last sale: below zero where prices have risen since. */
export function timeValue(rates: Rates, day: number): number {
  const back = Math.max(0, (dayOf(rates.period.to) - day) / daysPerYear);
  return rates.time.reduce((sum, { knot, rate }) => sum + rate * Math.max(0, back - knot), 0);
}
