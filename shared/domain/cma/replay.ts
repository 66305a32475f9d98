import { analyse } from "./analyse.ts";
import type { Analysis } from "./analysis.ts";
import { calibrationFrom, type Observation, observation } from "./calibration.ts";
import type { MarketFit } from "./market.ts";
import { insert, nearest, type PlaceIndex, placeIndex } from "./nearest.ts";
import type { Sale } from "./sale.ts";
import { selectCandidates } from "./select-candidates.ts";

/** A past sale and the analysis made without knowing it; undefined when none could be made. */
export interface Replayed {
  readonly sale: Sale;
  readonly analysis: Analysis | undefined;
}

/** Sales nearest in place from which the candidates are selected. */
const pool = 600;

/**
 * Replays the later sales, which must be in date order. Each scored one is analysed as of its own date from strictly
 * earlier sales, never one with its id; a day's sales are added, and its errors learned, after all of them are scored.
 * Without a fit the market is fitted from the candidates of each.
 */
export function* replay(
  past: readonly Sale[],
  later: readonly Sale[],
  fit: MarketFit | undefined,
  scored: (sale: Sale) => boolean = () => true,
): Generator<Replayed> {
  const index = placeIndex(past);
  const seen: Observation[] = [];
  for (const [day, sold] of Map.groupBy(later, (sale) => sale.sale_date)) {
    const market = fit && { fit, calibration: calibrationFrom(seen, day) };
    for (const sale of sold.filter(scored)) {
      const { price, sale_date, ...subject } = sale;
      const analysis = analyse({
        subject,
        candidates: candidatesFor(subject, index, day),
        effective_date: day,
        market,
      });
      if ("failed" in analysis) {
        yield { sale, analysis: undefined };
        continue;
      }
      seen.push(observation(analysis, sale));
      yield { sale, analysis };
    }
    for (const sale of sold) insert(index, sale);
  }
}

function candidatesFor(
  subject: Omit<Sale, "price" | "sale_date">,
  index: PlaceIndex<Sale>,
  day: string,
): Sale[] {
  const near = nearest(index, subject, pool, (sale) => sale.id !== subject.id).map(({ point }) => point);
  return selectCandidates(subject, near, day);
}
