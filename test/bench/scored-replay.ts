import { fitMarket } from "../../shared/domain/cma/market.ts";
import { replay } from "../../shared/domain/cma/replay.ts";
import type { Sale } from "../../shared/domain/cma/sale.ts";
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

/** Replays the sales of a market, which must be in date order, from a day on; one kind of property at a time. */
export function backtest(sales: readonly Sale[], options: BacktestOptions): Scored[] {
  const before = sales.filter((sale) => sale.sale_date < options.from);
  const fit = options.fit === "market" ? fitMarket(before, options.from) : undefined;
  const scored: Scored[] = [];
  for (const { sale, analysis } of replay(before, sales.slice(before.length), fit, options.scored)) {
    scored.push({
      price: sale.price,
      ...(analysis && {
        said: {
          price: analysis.suggested_price,
          low: analysis.range.low,
          high: analysis.range.high,
          confidence: analysis.confidence,
        },
      }),
    });
    options.progress?.(scored.length);
  }
  return scored;
}
