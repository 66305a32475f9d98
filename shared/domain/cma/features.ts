import type { Home } from "./sale.ts";

/** The physical features that the grid adjusts for. */
export const features = [
  "size_sqft",
  "lot_sqft",
  "year_built",
  "condition",
  "bedrooms",
  "bathrooms",
  "property_type",
] as const;
export type Feature = (typeof features)[number];
type Measured = Exclude<Feature, "property_type">;

interface Scale {
  /** The feature as a number in which equal steps are worth about equal shares of the price. */
  readonly of: (value: number) => number;
  readonly sane: (value: number) => boolean;
  /** Quantiles of the market's sales at which the slope may change. */
  readonly bends: readonly number[];
  /** The prior of what a step is worth (log price), and its standard deviation. */
  readonly slope: number;
  readonly spread: number;
}

/** The default elasticities: size .55, lot .06, a bath 5 %, a point of condition 4 %. */
const scales: Readonly<Record<Measured, Scale>> = {
  size_sqft: {
    of: Math.log,
    sane: (v) => v >= 1 && v < 1e7,
    bends: [0.05, 0.25, 0.5, 0.75, 0.95],
    slope: 0.55,
    spread: 0.15,
  },
  lot_sqft: {
    of: Math.log,
    sane: (v) => v >= 1 && v < 1e10,
    bends: [0.25, 0.5, 0.75, 0.95],
    slope: 0.06,
    spread: 0.04,
  },
  year_built: {
    of: (v) => v / 10,
    sane: (v) => v > 1000 && v < 2200,
    bends: [0.1, 0.3, 0.5, 0.7, 0.9],
    slope: 0,
    spread: 0.02,
  },
  condition: { of: (v) => v, sane: (v) => v > 0 && v <= 100, bends: [0.5], slope: 0.04, spread: 0.02 },
  bedrooms: { of: (v) => v, sane: (v) => v >= 0 && v < 1000, bends: [0.5], slope: 0, spread: 0.03 },
  bathrooms: { of: (v) => v, sane: (v) => v > 0 && v < 1000, bends: [0.5], slope: 0.05, spread: 0.03 },
};
const measured = Object.keys(scales) as Measured[];
const typeSpread = 0.15;

/** Finite, because a fit is stored as JSON. */
const noEdge = 1e6;

/** One term of the regression: a slope, a bend of it at `knot`, or a property type. */
export interface Column {
  readonly feature: Feature;
  readonly knot?: number;
  readonly type?: string;
  readonly prior: number;
  readonly spread: number;
}

/**
 * How a market's homes become rows of numbers: the regression terms, the range that values are clamped to, and the
 * usual home; a feature that is unknown in the whole market is 0 there, or no type.
 */
export interface Encoding {
  readonly columns: readonly Column[];
  readonly range: Readonly<Record<Measured, readonly [number, number]>>;
  readonly usual: Readonly<Record<Measured, number>> & { readonly property_type?: string | undefined };
}

/** The value of a measured feature on its scale, NaN when it is missing or nonsense. */
export function scaled(home: Home, feature: Measured): number {
  const value = home[feature];
  const { of, sane } = scales[feature];
  return value !== undefined && Number.isFinite(value) && sane(value) ? of(value) : Number.NaN;
}

/** The value below which a share of the sorted numbers lies, interpolated. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + (sorted[Math.min(below + 1, sorted.length - 1)]! - low) * (place - below);
}

/** The middle of values in any order. */
export const median = (values: readonly number[]): number => quantile(new Float64Array(values).sort(), 0.5);

/** A value a little beyond a quantile, away from the median: the limit up to which a slope is trusted. */
function beyond(sorted: Float64Array, share: number): number {
  return quantile(sorted, share) + (quantile(sorted, share) - quantile(sorted, 0.5)) / 4;
}

/** Chooses terms for the homes of a market: bends where its quantiles differ, a type where at least 5 sales have it. */
export function encodingFor(homes: readonly Home[]): Encoding {
  const columns: Column[] = [];
  const range = {} as Record<Measured, readonly [number, number]>;
  const usual = {} as Record<Measured, number>;
  for (const feature of measured) {
    const values = Float64Array.from(
      homes.map((home) => scaled(home, feature)).filter((v) => !Number.isNaN(v)),
    ).sort();
    range[feature] = values.length > 0 ? [beyond(values, 0.005), beyond(values, 0.995)] : [-noEdge, noEdge];
    usual[feature] = values.length > 0 ? quantile(values, 0.5) : 0;
    const { bends, slope, spread } = scales[feature];
    columns.push({ feature, prior: slope, spread });
    const [low, high] = range[feature];
    const knots = new Set(values.length < 50 ? [] : bends.map((share) => quantile(values, share)));
    for (const knot of knots)
      if (knot > low && knot < high) columns.push({ feature, knot, prior: 0, spread });
  }
  const counts = Map.groupBy(homes, (home) => home.property_type);
  const types = [...counts.keys()].filter((type) => type !== undefined).sort();
  if (types.length > 1)
    for (const type of types)
      if (counts.get(type)!.length >= 5)
        columns.push({ feature: "property_type", type, prior: 0, spread: typeSpread });
  const property_type = types.reduce<string | undefined>(
    (most, type) => (most === undefined || counts.get(type)!.length > counts.get(most)!.length ? type : most),
    undefined,
  );
  return { columns, range, usual: { ...usual, property_type } };
}

/** A home as the terms of the encoding; NaN where the feature is missing. */
export function encode(home: Home, { columns, range }: Encoding): Float64Array {
  const row = new Float64Array(columns.length);
  let feature: Feature | undefined;
  let value = Number.NaN;
  for (let k = 0; k < row.length; k++) {
    const column = columns[k]!;
    if (column.feature === "property_type") {
      row[k] = home.property_type === undefined ? Number.NaN : Number(home.property_type === column.type);
      continue;
    }
    if (column.feature !== feature) {
      feature = column.feature;
      const [low, high] = range[feature];
      value = Math.min(high, Math.max(low, scaled(home, feature)));
    }
    row[k] = column.knot === undefined ? value : Math.max(0, value - column.knot);
  }
  return row;
}
