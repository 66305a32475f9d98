import * as z from "zod/mini";
import { compass } from "../geo.ts";
import { features } from "./features.ts";
import type { Market } from "./market.ts";
import { type Rejection, rejections } from "./rejections.ts";
import { Day, Home, Sale, type Subject } from "./sale.ts";

export { Sale, Subject } from "./sale.ts";

const money = z.int();
const share = z.number().check(z.minimum(0), z.maximum(1));
const Period = z.object({ from: Day, to: Day });
const Range = z.object({ low: money, high: money });

/** The lines of the grid, in the order in which they are made. */
export const lines = ["time", "market_movement", ...features] as const;
export const Line = z.enum(lines);
export type Line = z.infer<typeof Line>;

const Value = z.nullable(z.union([z.string(), z.number()]));

/**
 * One cell of the grid: what the difference between subject and comparable is worth. `rate` is money for one `unit`
 * (null where a unit makes no sense); `percent` is of the comparable's price; `sample` counts the sales of `period`
 * that the rate was derived from. `corrected` marks an amount that an agent put in the place of the engine's: it has no
 * rate and no sample.
 */
export const Adjustment = z.object({
  line: Line,
  subject: Value,
  comparable: Value,
  unit: z.string(),
  rate: z.nullable(z.number()),
  amount: money,
  percent: z.number(),
  sample: z.int(),
  period: Period,
  corrected: z.optional(z.literal(true)),
});
export type Adjustment = z.infer<typeof Adjustment>;

/** A column of the grid: `sale.price` rounded to whole money plus the amounts is exactly `adjusted_price`. */
export const Comp = z.object({
  sale: Sale,
  distance_km: z.number(),
  direction: z.enum(compass),
  weight: share,
  adjustments: z.array(Adjustment),
  net_adjustment: money,
  net_percent: z.number(),
  gross_adjustment: money,
  gross_percent: z.number(),
  adjusted_price: money,
  older_than_a_year: z.boolean(),
  /** Why a sale of more than a year ago is a comparable; null for a recent one. */
  age_reason: z._default(z.nullable(z.string()), null),
});
export type Comp = z.infer<typeof Comp>;

/** A further sale of the neighbourhood: adjusted at the same rates as those of the grid, its lines added up. */
export const Neighbour = z.object({
  id: z.string(),
  address: z.nullable(z.string()),
  sale_date: Day,
  price: money,
  distance_km: z.number(),
  net_adjustment: money,
  adjusted_price: money,
  weight: share,
});

/**
 * The further sales that count as one more column: `weight` is the sum of theirs, and `adjusted_price` their mean by
 * weight, rounded to whole money.
 */
export const Neighbourhood = z.object({
  sales: z.array(Neighbour),
  weight: share,
  adjusted_price: money,
});
export type Neighbourhood = z.infer<typeof Neighbourhood>;

/** A candidate that is not in the grid, and why. */
export const Rejected = z.object({
  id: z.string(),
  sale_date: Day,
  price: z.number(),
  distance_km: z.number(),
  code: z.enum(Object.keys(rejections) as [Rejection, ...Rejection[]]),
  reason: z.string(),
});
export type Rejected = z.infer<typeof Rejected>;

/** What a change of the subject would be worth: `percent` of the suggested price for the `step`. */
export const Rate = z.object({
  feature: z.enum(features),
  step: z.string(),
  percent: z.number(),
  amount: money,
  sample: z.int(),
  period: Period,
});
export type Rate = z.infer<typeof Rate>;

/** A window of the market statistics (Form 1004MC); null where the sales do not tell. */
export const Window = z.object({
  months: z.enum(["7-12", "4-6", "0-3"]),
  sales: z.int(),
  sales_per_month: z.number(),
  median_price: z.nullable(money),
  median_price_per_sqft: z.nullable(z.number()),
  median_days_on_market: z.nullable(z.number()),
  sale_to_list_percent: z.nullable(z.number()),
});
export type Window = z.infer<typeof Window>;

export const Statistics = z.object({
  windows: z.array(Window),
  price_trend: z.enum(["rising", "stable", "falling", "unknown"]),
  sales_trend: z.enum(["rising", "stable", "falling", "unknown"]),
  active_listings: z.nullable(z.int()),
  months_of_supply: z.nullable(z.number()),
});
export type Statistics = z.infer<typeof Statistics>;

export const MarketPosition = z.enum(["above", "at", "below"]);
export type MarketPosition = z.infer<typeof MarketPosition>;

/**
 * A change by the agent: a sale excluded or kept in the grid (`path` is `/comps/<sale id>`), or a fact or an amount
 * corrected (`/subject/<fact>`, `/comps/<sale id>/adjustments/<line>`); `from` is null where there
 * was nothing.
 */
export const Change = z.object({
  kind: z.enum(["excluded", "pinned", "corrected"]),
  path: z.string(),
  label: z.string(),
  from: Value,
  to: Value,
  reason: z.nullable(z.string()),
});
export type Change = z.infer<typeof Change>;

/** How an analysis differs from an earlier one: `change` is this suggestion less the earlier; sales by their ids. */
export const Difference = z.object({
  cma_id: z.string(),
  effective_date: Day,
  suggested_price: money,
  change: money,
  change_percent: z.number(),
  comps_added: z.array(z.string()),
  comps_removed: z.array(z.string()),
});
export type Difference = z.infer<typeof Difference>;

/** A sale of the subject itself: shown, and never a comparable. */
export const EarlierSale = z.object({ id: z.string(), sale_date: Day, price: z.number() });
export type EarlierSale = z.infer<typeof EarlierSale>;

const Reason = z.object({ code: z.string(), text: z.string() });
export type Reason = z.infer<typeof Reason>;

/**
 * A market analysis that can be defended line by line. `suggested_price` is the sum of weight times adjusted price
 * over `comps` and `neighbourhood`, rounded once to whole money; weights have four decimals and sum to one. `range`
 * holds four sales of five, `middle_range` every second; `confidence` is the probability that the sale falls within
 * 10 % of the suggested price.
 */
export const Analysis = z.object({
  engine_version: z.string(),
  effective_date: Day,
  currency: z.string(),
  subject: Home,
  suggested_price: money,
  range: Range,
  middle_range: Range,
  /** Predicted standard error of the suggestion as a share of the price, before calibration. */
  standard_error: z.number(),
  confidence: share,
  confidence_reasons: z.array(Reason),
  asking_price: z.nullable(z.number()),
  market_position: z.nullable(MarketPosition),
  comps: z.array(Comp),
  neighbourhood: z.nullable(Neighbourhood),
  market_movement: z.object({ percent: z.number(), sample: z.int(), period: Period }),
  rates: z.array(Rate),
  /** What the home itself sold for before, latest first. */
  earlier_sales: z._default(z.array(EarlierSale), []),
  rejected: z.array(Rejected),
  statistics: Statistics,
  recommendations: z.array(z.string()),
  market: z.object({
    source: z.enum(["candidates", "market"]),
    version: z.string(),
    sample: z.int(),
    period: Period,
  }),
  changes: z.array(Change),
  difference: z.nullable(Difference),
});
export type Analysis = z.infer<typeof Analysis>;

/** One correction by an agent: `path` as in `Change`; a fact's `value` may be null (not known), an amount's may not. */
export interface Correction {
  readonly path: string;
  readonly value: string | number | null;
  readonly reason: string;
}

/** The changes that an agent makes; `exclude` and `pin` are ids of candidates, none of them in both. */
export interface Revision {
  readonly exclude: readonly string[];
  readonly pin: readonly string[];
  readonly corrections: readonly Correction[];
}

/** What is kept of an earlier analysis to show the difference to it; `comps` are the ids of its grid. */
export interface Previous {
  readonly cma_id: string;
  readonly effective_date: string;
  readonly suggested_price: number;
  readonly comps: readonly string[];
}

/**
 * Everything an analysis depends on: stored with it, it gives the same analysis again, bit for bit. `candidates` are at
 * most 300 sales as `selectCandidates` answers them, in any order. Without a `market`, or when it was learned later, for
 * another kind of property, by another version of the engine, or from fewer than a hundred sales and fewer than the
 * candidates, the market is fitted from the candidates.
 * `asking_price` is only compared with the result and never moves it; `currency` (ISO 4217, USD unless given) is only
 * for the sentences. `previous` is what the difference is shown against.
 */
export interface AnalysisInputs extends Partial<Revision> {
  readonly subject: Subject;
  readonly candidates: readonly Sale[];
  readonly effective_date: string;
  readonly market?: Market | undefined;
  readonly asking_price?: number | null | undefined;
  readonly active_listings?: number | undefined;
  readonly currency?: string | undefined;
  readonly previous?: Previous | undefined;
}

/**
 * No price is suggested: the reason in sentences, and each rejected candidate with its reason. `too_old`: there are
 * sales, but none in the 24 months before the effective date.
 */
export const Failure = z.object({ failed: z.string(), too_old: z.boolean(), rejected: z.array(Rejected) });
export type Failure = z.infer<typeof Failure>;
