import type { Rate } from "./analysis.ts";
import { encode, type Feature, scaled } from "./features.ts";
import { dot } from "./linear-algebra.ts";
import { round } from "./market-statistics.ts";
import type { Rates } from "./rates.ts";
import type { Subject } from "./sale.ts";

const steps: readonly {
  feature: Exclude<Feature, "property_type">;
  step: string;
  change: (value: number) => number;
}[] = [
  { feature: "size_sqft", step: "10 % more living area", change: (v) => v * 1.1 },
  { feature: "lot_sqft", step: "10 % more land", change: (v) => v * 1.1 },
  { feature: "year_built", step: "built ten years later", change: (v) => v + 10 },
  { feature: "condition", step: "one point better condition", change: (v) => v + 1 },
  { feature: "bedrooms", step: "one more bedroom in the same area", change: (v) => v + 1 },
  { feature: "bathrooms", step: "one more bathroom", change: (v) => v + 1 },
];

/** What a usual step of each feature is worth to this subject, by the market's rates. */
export function rateSteps(subject: Subject, price: number, rates: Rates): Rate[] {
  const own = encode(subject, rates.encoding);
  return steps
    .filter(({ feature }) => !Number.isNaN(scaled(subject, feature)) && rates.known[feature] > 0)
    .map(({ feature, step, change }) => {
      const changed = encode({ ...subject, [feature]: change(subject[feature]!) }, rates.encoding);
      const gain = Math.expm1(
        dot(
          rates.coefficients,
          changed.map((value, k) => value - own[k]! || 0),
        ),
      );
      return {
        feature,
        step,
        percent: round(100 * gain, 2),
        amount: Math.round(price * gain),
        sample: rates.known[feature],
        period: rates.period,
      };
    });
}
