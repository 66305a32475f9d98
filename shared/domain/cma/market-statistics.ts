import type { Statistics, Window } from "./analysis.ts";
import { scaled } from "./features.ts";
import { dayOf, type Sale } from "./sale.ts";

const daysPerMonth = 30.4375;
const recentMonths = 3;
/** The windows of Form 1004MC in months back; the first is twice as long, so rates are compared, not counts. */
export const windows = [
  { months: "7-12", from: 12, to: 6 },
  { months: "4-6", from: 6, to: 3 },
  { months: "0-3", from: recentMonths, to: 0 },
] as const;
/** Sales in a window, below which it tells of no trend. */
export const enoughForATrend = 5;
/** How sales were listed is known of some only: one or two say nothing of the market. */
export const fewest = 3;
/** Changes of prices, and of sales a month, beyond which the market rises or falls. */
export const priceTrend = 0.03;
export const salesTrend = 0.15;

/** The market around the subject in the year before the effective date, from its closed sales. */
export function marketStatistics(
  sales: readonly Sale[],
  effectiveDate: string,
  activeListings: number | undefined,
): Statistics {
  const today = dayOf(effectiveDate);
  const shown = windows.map(({ months, from, to }): Window => {
    const inside = sales.filter((sale) => {
      const back = (today - dayOf(sale.sale_date)) / daysPerMonth;
      return back > to && back <= from;
    });
    const price = median(inside.map((sale) => sale.price));
    return {
      months,
      sales: inside.length,
      sales_per_month: round(inside.length / (from - to), 1),
      median_price: price === null ? null : Math.round(price),
      median_price_per_sqft: rounded(
        median(
          inside
            .map((sale) => sale.price / Math.exp(scaled(sale, "size_sqft")))
            .filter((price) => !Number.isNaN(price)),
        ),
      ),
      median_days_on_market: rounded(
        median(
          inside.flatMap((sale) => sale.days_on_market ?? []),
          fewest,
        ),
      ),
      sale_to_list_percent: rounded(
        median(
          inside.flatMap((sale) => (sale.list_price ? [(100 * sale.price) / sale.list_price] : [])),
          fewest,
        ),
      ),
    };
  });
  const [first, , last] = shown;
  const comparable = first!.sales >= enoughForATrend && last!.sales >= enoughForATrend;
  const perSqft = [first!.median_price_per_sqft, last!.median_price_per_sqft];
  const [then, now] = perSqft.includes(null) ? [first!.median_price, last!.median_price] : perSqft;
  return {
    windows: shown,
    price_trend: comparable ? trend(then!, now!, priceTrend) : "unknown",
    sales_trend: comparable ? trend(first!.sales_per_month, last!.sales_per_month, salesTrend) : "unknown",
    active_listings: activeListings ?? null,
    months_of_supply:
      // None known is no supply of zero: an office knows its own listings, seldom all.
      !activeListings || last!.sales === 0 ? null : round((activeListings * recentMonths) / last!.sales, 1),
  };
}

/** Where a number went from one window to another: beyond `least`, a part of what it was, it rises or falls. */
export function trend(then: number, now: number, least: number): Statistics["price_trend"] {
  const change = now / then - 1;
  return change > least ? "rising" : change < -least ? "falling" : "stable";
}

/** The middle value; null where there are fewer values than say anything. */
export function median(values: readonly number[], least = 1): number | null {
  if (values.length < least) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** A number with so many decimals. */
export function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

const rounded = (value: number | null) => (value === null ? null : round(value, 1));
