import { engineVersion } from "../../../shared/domain/cma/engine-version.ts";
import { ids } from "./ids.ts";

const effective_date = "2026-03-02";
const period = { from: "2025-03-03", to: "2026-02-20" };
const house = { property_type: "house", bedrooms: 3, bathrooms: 2.25, size_sqft: 1850 };
const percent = (part: number, whole: number) => Math.round((10_000 * part) / whole) / 100;

type Side = string | number;
type Line = readonly [
  line: string,
  subject: Side,
  comparable: Side,
  unit: string,
  rate: number,
  amount: number,
];

/** A column of the grid: its lines add up to the adjusted price. */
function comp(
  sale: { readonly price: number; readonly [fact: string]: Side },
  place: object,
  weight: number,
  lines: readonly Line[],
) {
  const { price } = sale;
  const net = lines.reduce((sum, [, , , , , amount]) => sum + amount, 0);
  const gross = lines.reduce((sum, [, , , , , amount]) => sum + Math.abs(amount), 0);
  return {
    sale,
    ...place,
    weight,
    adjustments: lines.map(([line, subject, comparable, unit, rate, amount]) => {
      const worth = { rate, amount, percent: percent(amount, price) };
      return { line, subject, comparable, unit, ...worth, sample: 212, period };
    }),
    net_adjustment: net,
    net_percent: percent(net, price),
    gross_adjustment: gross,
    gross_percent: percent(gross, price),
    adjusted_price: price + net,
    older_than_a_year: false,
    age_reason: null,
  };
}

const [first, second, third] = ids.sales;
const comps = [
  comp(
    {
      id: first,
      address: "7215 Sunnyside Ave N",
      lat: 47.6811,
      lon: -122.3302,
      ...house,
      size_sqft: 1790,
      sale_date: "2026-01-12",
      price: 698_000,
    },
    { distance_km: 0.26, direction: "SW" },
    0.5,
    [
      ["time", period.to, "2026-01-12", "day", 179.49, 7_000],
      ["size_sqft", 1850, 1790, "sqft", 210, 12_600],
    ],
  ),
  comp(
    {
      id: second,
      address: "6511 Latona Ave NE",
      lat: 47.6763,
      lon: -122.3259,
      ...house,
      bathrooms: 2.5,
      size_sqft: 1930,
      sale_date: "2025-10-24",
      price: 742_000,
    },
    { distance_km: 0.71, direction: "S" },
    0.3,
    [
      ["time", period.to, "2025-10-24", "day", 105.88, 12_600],
      ["size_sqft", 1850, 1930, "sqft", 210, -16_800],
      ["bathrooms", 2.25, 2.5, "bathroom", 16_000, -4_000],
    ],
  ),
  comp(
    {
      id: third,
      address: "7733 Meridian Ave N",
      lat: 47.6855,
      lon: -122.3338,
      ...house,
      sale_date: "2025-12-05",
      price: 705_000,
    },
    { distance_km: 0.57, direction: "NW" },
    0.2,
    [["time", period.to, "2025-12-05", "day", 116.88, 9_000]],
  ),
];

const quarter = (months: string, sales: number, sales_per_month: number, median_price: number) => ({
  months,
  sales,
  sales_per_month,
  median_price,
  median_price_per_sqft: 376,
  median_days_on_market: 17,
  sale_to_list_percent: 100.4,
});

/** A market analysis that adds up: each column, and the suggestion as their mean by weight. */
export const analysis = {
  engine_version: engineVersion,
  effective_date,
  currency: "USD",
  subject: { id: ids.property, lat: 47.6826, lon: -122.3275, ...house },
  suggested_price: Math.round(
    comps.reduce((sum, { weight, adjusted_price }) => sum + weight * adjusted_price, 0),
  ),
  range: { low: 655_000, high: 796_000 },
  middle_range: { low: 687_000, high: 759_000 },
  standard_error: 0.074,
  confidence: 0.81,
  confidence_reasons: [],
  asking_price: 725_000,
  market_position: "at",
  comps,
  neighbourhood: null,
  market_movement: { percent: 0, sample: 6, period: { from: period.to, to: effective_date } },
  rates: [
    {
      feature: "size_sqft",
      step: "10 % more living area",
      percent: 5.37,
      amount: 38_757,
      sample: 212,
      period,
    },
  ],
  rejected: [
    {
      id: "0199c0b4-e12f-7583-8d9a-7b3f60e4c1a8",
      sale_date: "2025-10-19",
      price: 1_310_000,
      distance_km: 0.94,
      code: "too_different",
      reason: "It would take a net adjustment beyond the limit to make it like the subject.",
    },
  ],
  statistics: {
    windows: [
      quarter("7-12", 98, 16.33, 694_000),
      quarter("4-6", 61, 20.33, 712_000),
      quarter("0-3", 53, 17.67, 719_000),
    ],
    price_trend: "rising",
    sales_trend: "stable",
    active_listings: 27,
    months_of_supply: 1.5,
  },
  recommendations: ["Nearby prices have risen over the year: there is little reason to start low."],
  market: { source: "market", version: `${engineVersion}/${period.to}`, sample: 212, period },
  earlier_sales: [],
  changes: [],
  difference: null,
};
