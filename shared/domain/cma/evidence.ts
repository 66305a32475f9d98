import { type CovarianceInput, covarianceInput } from "./covariance.ts";
import { encode, type Feature, features } from "./features.ts";
import { type Rates, timeValue } from "./rates.ts";
import { dayOf, type Sale, type Subject } from "./sale.ts";

/** A sale adjusted to the subject: what each difference is worth in log price, and the resulting log price. */
export interface Evidence {
  readonly sale: Sale;
  readonly at: CovarianceInput;
  readonly byFeature: Readonly<Record<Feature, number>>;
  readonly byTime: number;
  /** The log of the price adjusted for features and time. */
  readonly adjusted: number;
}

/**
 * Features adjust a price by a factor of three at most, features and time together by four: a larger adjustment means
 * a data error, or rates from too few sales.
 */
const mostByFeatures = Math.log(3);
const mostInAll = Math.log(4);
const nothing = Object.fromEntries(features.map((feature) => [feature, 0])) as Record<Feature, number>;

/** Adjusts every sale toward the subject as of a day; a feature that either side lacks is left alone. */
export function gatherEvidence(subject: Subject, sales: readonly Sale[], rates: Rates): Evidence[] {
  const { columns } = rates.encoding;
  const own = encode(subject, rates.encoding);
  return sales.map((sale) => {
    const theirs = encode(sale, rates.encoding);
    const byFeature = { ...nothing };
    let total = 0;
    columns.forEach(({ feature }, k) => {
      const worth = rates.coefficients[k]! * (own[k]! - theirs[k]!) || 0;
      byFeature[feature] += worth;
      total += worth;
    });
    const day = dayOf(sale.sale_date);
    const grown = -timeValue(rates, day);
    const held = Math.min(1, mostByFeatures / Math.abs(total));
    const all = Math.min(1, mostInAll / (Math.abs(total * held) + Math.abs(grown)));
    for (const feature of features) byFeature[feature] *= held * all;
    const byTime = grown * all;
    return {
      sale,
      at: covarianceInput(sale, day, rates.encoding),
      byFeature,
      byTime,
      adjusted: Math.log(sale.price) + total * held * all + byTime,
    };
  });
}
