import type { Analysis } from "../../shared/domain/cma/analysis.ts";
import { fitMarket } from "../../shared/domain/cma/market.ts";
import { replay } from "../../shared/domain/cma/replay.ts";
import { kindOf, type Sale } from "../../shared/domain/cma/sale.ts";
import type { Scored } from "./metrics.ts";

export interface BacktestOptions {
  /** The first day to replay, YYYY-MM-DD. */
  readonly from: string;
  /** Rates from the candidates of each subject, or from a fit of the market as of `from`. */
  readonly fit: "candidates" | "market";
  /** Which of the sales to score; the others are still learned from. */
  readonly scored?: (sale: Sale) => boolean;
  readonly progress?: (done: number) => void;
}

/**
 * Replays the sales of a market, which must be in date order, from a day on; each kind of property with a fit of its
 * own.
 */
export function backtest(sales: readonly Sale[], options: BacktestOptions): Scored[] {
  const scored: Scored[] = [];
  for (const one of Map.groupBy(sales, kindOf).values()) {
    const before = one.filter((sale) => sale.sale_date < options.from);
    const fitted = options.fit === "market" && before.length > 0;
    const fit = fitted ? fitMarket(before, options.from) : undefined;
    for (const { sale, analysis } of replay(before, one.slice(before.length), fit, options.scored)) {
      scored.push({ price: sale.price, ...(analysis && { said: said(analysis) }) });
      options.progress?.(scored.length);
    }
  }
  return scored;
}

function said(analysis: Analysis): NonNullable<Scored["said"]> {
  const { suggested_price, range, confidence, neighbourhood } = analysis;
  const in_grid = 1 - (neighbourhood?.weight ?? 0);
  return { price: suggested_price, low: range.low, high: range.high, confidence, in_grid };
}
