import { type Encoding, scaled } from "./features.ts";
import { flatKm } from "./nearest.ts";
import { daysPerYear, type Home } from "./sale.ts";

/**
 * The covariance of the residuals of two adjusted log prices, as a sum of terms: near and alike, local, wider with
 * time, regional, and noise. Variances of log price; lengths in kilometres and years.
 */
export interface Covariance {
  readonly alike: number;
  readonly alike_km: number;
  readonly local: number;
  readonly local_km: number;
  readonly wide: number;
  readonly wide_km: number;
  readonly wide_years: number;
  readonly region: number;
  readonly region_km: number;
  readonly noise: number;
}

/** Shares of the variance between neighbours and lengths at a usual suburban density: what holds until it is fitted. */
const usual: Covariance = {
  alike: 0.8,
  alike_km: 1.1,
  local: 0.9,
  local_km: 1,
  wide: 0.55,
  wide_km: 1.2,
  wide_years: 6,
  region: 0.07,
  region_km: 15,
  noise: 1.05,
};
const usualSpacingKm = 0.5;

/** The covariance before any fit: `sigma` as in the rates, `spacingKm` the usual distance to the 15th neighbour. */
export function usualCovariance(sigma: number, spacingKm: number): Covariance {
  // Prices vary over the same streets however many of them were sold, so lengths grow slower than the spacing.
  const stretch = Math.sqrt(Math.min(400, Math.max(0.05, spacingKm / usualSpacingKm)));
  const variance = sigma ** 2;
  return {
    alike: usual.alike * variance,
    alike_km: usual.alike_km * stretch,
    local: usual.local * variance,
    local_km: usual.local_km * stretch,
    wide: usual.wide * variance,
    wide_km: usual.wide_km * stretch,
    wide_years: usual.wide_years,
    region: usual.region,
    region_km: usual.region_km,
    noise: usual.noise * variance,
  };
}

/** A home's location, date and features, as the covariance uses them. */
export interface CovarianceInput {
  readonly lat: number;
  readonly lon: number;
  readonly day: number;
  readonly size: number;
  readonly lot: number;
  readonly decade: number;
  readonly type: string | undefined;
  /** Extra distance to every other home, for facts that are missing here but known in the market. */
  readonly unknown: number;
}

const perUnknown = 0.25;

/** A home on a day as the covariance uses it; a missing fact is taken from the market's usual home. */
export function covarianceInput(home: Home, day: number, { usual }: Encoding): CovarianceInput {
  const { property_type: type = usual.property_type } = home;
  let unknown = home.property_type === type ? 0 : perUnknown;
  const [size, lot, decade] = (["size_sqft", "lot_sqft", "year_built"] as const).map((feature) => {
    const value = scaled(home, feature);
    if (!Number.isNaN(value)) return value;
    if (usual[feature] !== 0) unknown += perUnknown;
    return usual[feature];
  }) as [number, number, number];
  return { lat: home.lat, lon: home.lon, day, size, lot, decade, type, unknown };
}

/** How unlike two homes are: 1 for a third of the size, the lot times e, twenty years, or another type. */
export function unlikeness(a: CovarianceInput, b: CovarianceInput): number {
  return (
    3 * Math.abs(a.size - b.size) +
    Math.abs(a.lot - b.lot) +
    Math.abs(a.decade - b.decade) / 2 +
    (a.type === b.type ? 0 : 1) +
    a.unknown +
    b.unknown
  );
}

/** The covariance of two homes, without noise and without the market's level. */
export function covary(a: CovarianceInput, b: CovarianceInput, c: Covariance): number {
  const km = flatKm(a, b);
  const years = Math.abs(a.day - b.day) / daysPerYear;
  return (
    c.alike * Math.exp(-km / c.alike_km - unlikeness(a, b)) +
    c.local * Math.exp(-km / c.local_km) +
    c.wide * Math.exp(-km / c.wide_km - years / c.wide_years) +
    c.region * Math.exp(-km / c.region_km)
  );
}
