import { type Calibration, uncalibrated } from "./calibration.ts";
import { type Covariance, usualCovariance } from "./covariance.ts";
import { engineVersion } from "./engine-version.ts";
import { fitRates, type Rates } from "./rates.ts";
import { kindOf, type Sale } from "./sale.ts";
import { nonMarketTransfers } from "./transfers.ts";

/** What is known of a market on a day, as plain JSON of some tens of numbers. */
export interface MarketFit {
  readonly engine_version: string;
  readonly kind: string;
  readonly as_of: string;
  readonly rates: Rates;
  readonly covariance: Covariance;
}

/** A market as an analysis uses it: the scheduled fit, and its calibration. */
export interface Market {
  readonly fit: MarketFit;
  readonly calibration: Calibration;
}

/** A fit from fewer sales says less than an analysis's own candidates, where these are more. */
export const enoughToFit = 100;

/** Fits a market from its sales before a day; they must be of one kind and at least one. */
export function fitMarket(sales: readonly Sale[], asOf: string): MarketFit {
  const before = onTheMarket(sales.filter((sale) => sale.sale_date < asOf));
  const { rates, spacingKm } = fitRates(before);
  return {
    engine_version: engineVersion,
    kind: kindOf(before[0]!),
    as_of: asOf,
    rates,
    covariance: usualCovariance(rates.sigma, spacingKm),
  };
}

/** The sales that rates are fitted from: those on the open market, or all sales if there are none. */
function onTheMarket(sales: readonly Sale[]): readonly Sale[] {
  const not = nonMarketTransfers(sales);
  const clean = sales.filter((sale) => !not.has(sale));
  return clean.length > 0 ? clean : sales;
}

/** A market fitted from nothing but the candidates of one analysis. */
export function marketFromCandidates(candidates: readonly Sale[], asOf: string): Market {
  return { fit: fitMarket(candidates, asOf), calibration: uncalibrated };
}
