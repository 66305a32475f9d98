import { analyse } from "../../shared/domain/cma/analyse.ts";
import type { Analysis } from "../../shared/domain/cma/analysis.ts";
import { observation, observe, uncalibrated } from "../../shared/domain/cma/calibration.ts";
import { fitMarket, type Market } from "../../shared/domain/cma/market.ts";
import { insert, nearest, placeIndex } from "../../shared/domain/cma/nearest.ts";
import type { Sale } from "../../shared/domain/cma/sale.ts";
import { selectCandidates } from "../../shared/domain/cma/select-candidates.ts";
import type { Replayed } from "./metrics.ts";

export interface ReplayOptions {
  /** The first day to replay, YYYY-MM-DD. */
  readonly from: string;
  /** Rates from the candidates of each subject, or from a fit of the market on a schedule. */
  readonly fit: "candidates" | "market";
  /** Which of the sales to score; the others are still learned from. */
  readonly scored?: (sale: Sale) => boolean;
  readonly progress?: (done: number, of: number) => void;
}

/** Sales nearest in place from which the candidates are selected. */
const pool = 600;

/**
 * Replays a market in date order. Each sale is analysed as of its own date from strictly earlier sales, never its
 * own; the sales of a day are added, and its errors learned, after all of them are scored.
 */
export function replay(sales: readonly Sale[], options: ReplayOptions): Replayed[] {
  const { from, fit, scored = () => true } = options;
  const before = sales.filter((sale) => sale.sale_date < from);
  const index = placeIndex(before);
  let market: Market | undefined =
    fit === "market" && before.length > 0
      ? { fit: fitMarket(before, from), calibration: uncalibrated }
      : undefined;
  const days = Map.groupBy(
    sales.filter((sale) => sale.sale_date >= from),
    (sale) => sale.sale_date,
  );
  const replayed: Replayed[] = [];
  let done = 0;
  for (const [day, sold] of days) {
    const seen = [];
    for (const sale of sold) {
      options.progress?.(done++, sales.length - before.length);
      if (!scored(sale)) continue;
      const analysis = analyseAsOf(sale, index, day, market);
      if (analysis) seen.push(observation(analysis, sale));
      replayed.push({ price: sale.price, ...(analysis && { said: said(analysis) }) });
    }
    for (const sale of sold) insert(index, sale);
    if (market) market = { ...market, calibration: observe(market.calibration, seen) };
  }
  return replayed;
}

function analyseAsOf(
  { price, sale_date, ...subject }: Sale,
  index: ReturnType<typeof placeIndex<Sale>>,
  day: string,
  market: Market | undefined,
): Analysis | undefined {
  const near = nearest(index, subject, pool, (sale) => sale.id !== subject.id).map(({ point }) => point);
  const analysis = analyse({
    subject,
    candidates: selectCandidates(subject, near, day),
    effective_date: day,
    market,
  });
  return "failed" in analysis ? undefined : analysis;
}

function said({ suggested_price, range, confidence }: Analysis): NonNullable<Replayed["said"]> {
  return { price: suggested_price, low: range.low, high: range.high, confidence };
}
