import type { Comp, Reason } from "./analysis.ts";
import { gridLimit } from "./comparables.ts";
import type { Estimate } from "./estimate.ts";
import { type Feature, features, scaled } from "./features.ts";
import type { MarketFit } from "./market.ts";
import type { Rates } from "./rates.ts";
import { dayOf, daysPerYear, type Subject } from "./sale.ts";

const fewComps = 3;
const fewCap = 0.4;
const distantCap = 0.15;
/** At this many covariance lengths, a sale says almost nothing (2 %) about the price at the subject's place. */
const distantLengths = 4;
const staleYears = 0.5;
/** Sales that agree bear out more than the covariance of a thin market expects: at most so many of their deviations. */
const widestAgainstDispersion = 1.5;
/** A factor of e either way: wider says no more. */
const widest = 1;
/** Standard deviation of a market's level after a year without a sale. */
const levelPerYear = 0.08;
/** Standard deviation of each feature over the homes of a market, on its scale: what not knowing it costs. */
const usualSpread: Readonly<Record<Exclude<Feature, "property_type">, number>> = {
  size_sqft: 0.4,
  lot_sqft: 0.5,
  year_built: 2,
  condition: 0.6,
  bedrooms: 0.8,
  bathrooms: 0.6,
};

/**
 * Predicted standard error of the log price: a product of what the covariance expects, how far the sales disagree and
 * how much they had to be adjusted, then staleness and what is not known of the subject. The exponents were measured
 * on past sales in units of the market's own sigma; the calibration corrects their level.
 */
export function standardError(estimate: Estimate, subject: Subject, rates: Rates, today: number): number {
  const { sigma } = rates;
  const expected =
    0.6 *
    Math.sqrt(estimate.variance) *
    (estimate.dispersion / sigma + 0.15) ** 0.75 *
    Math.exp(1.5 * estimate.adjusted);
  const stale = (levelPerYear * Math.max(0, today - dayOf(rates.period.to))) / daysPerYear;
  const missing = features.map((feature) => {
    if (feature === "property_type" || rates.known[feature] === 0) return 0;
    if (!Number.isNaN(scaled(subject, feature))) return 0;
    const slope = rates.encoding.columns.findIndex((column) => column.feature === feature);
    return rates.coefficients[slope]! * usualSpread[feature];
  });
  return Math.min(
    widest,
    Math.hypot(Math.min(expected, widestAgainstDispersion * estimate.dispersion), stale, ...missing),
  );
}

/** The confidence with its caps for little data, and the reasons a reader needs when it is low. */
export function boundedConfidence(
  probability: number,
  comps: readonly Comp[],
  subject: Subject,
  { covariance, rates }: Pick<MarketFit, "covariance" | "rates">,
  effectiveDate: string,
): { confidence: number; reasons: Reason[] } {
  const reasons: Reason[] = [];
  let confidence = probability;
  const say = (code: string, text: string, cap = 1) => {
    reasons.push({ code, text });
    confidence = Math.min(confidence, cap);
  };
  const nearestKm = Math.min(...comps.map((comp) => comp.distance_km));
  if (nearestKm > distantLengths * Math.max(covariance.local_km, covariance.wide_km))
    say(
      "distant_only",
      `Not enough data: the nearest comparable sale is ${nearestKm.toFixed(1)} km away.`,
      distantCap,
    );
  if (comps.length < fewComps)
    say(
      "few_comparables",
      `Only ${comps.length} comparable ${comps.length === 1 ? "sale was" : "sales were"} found; a firm opinion needs at least three.`,
      fewCap,
    );
  const old = comps.filter((comp) => comp.older_than_a_year).length;
  if (old > 0)
    say(
      "old_sales",
      `${old} of ${comps.length} comparables sold more than a year ago; the grid gives the reason for each.`,
    );
  const latest = comps
    .map((comp) => comp.sale.sale_date)
    .sort()
    .at(-1)!;
  if ((dayOf(effectiveDate) - dayOf(latest)) / daysPerYear > staleYears)
    say("stale_market", `The latest comparable sale is from ${latest}; the market since then is not known.`);
  const beyond = comps.filter((comp) => Math.abs(comp.net_percent) > 100 * gridLimit).length;
  if (beyond > 0)
    say(
      "large_adjustments",
      `${beyond} of ${comps.length} comparables need more than 25 % net adjustment: little sold nearby is like this home.`,
    );
  const alike = comps.filter(({ sale }) => sale.property_type === subject.property_type).length;
  if (subject.property_type && alike < Math.min(fewComps, comps.length))
    say(
      "other_types",
      `Only ${alike} of ${comps.length} comparables are of the same type: no sale tells what the other type is worth here.`,
      fewCap,
    );
  const outside = weighty.filter((fact) => {
    const [low, high] = rates.encoding.range[fact];
    const value = scaled(subject, fact);
    return value < low || value > high;
  });
  if (outside.length > 0)
    say(
      "unusual_facts",
      `The subject's ${listed(outside)} outside the range of sales here: the nearest value in that range was used.`,
      fewCap,
    );
  const missing = weighty.filter((fact) => Number.isNaN(scaled(subject, fact)));
  if (missing.length > 0) say("missing_facts", `The subject's ${listed(missing)} not known.`);
  return { confidence, reasons };
}

/** The facts that a price rests on most. */
const weighty = ["size_sqft", "year_built", "lot_sqft"] as const;
const names = { size_sqft: "living area", year_built: "year of construction", lot_sqft: "lot size" } as const;

const listed = (facts: readonly (typeof weighty)[number][]) =>
  `${facts.map((fact) => names[fact]).join(" and ")} ${facts.length === 1 ? "is" : "are"}`;
