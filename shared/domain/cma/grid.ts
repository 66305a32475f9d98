import { direction, distanceKm } from "../geo.ts";
import { type Adjustment, type Comp, type Line, lines } from "./analysis.ts";
import type { Chosen, Weighed } from "./estimate.ts";
import type { Feature } from "./features.ts";
import { round } from "./market-statistics.ts";
import type { Rates } from "./rates.ts";
import { dayOf, type Subject } from "./sale.ts";

/** What every column of the grid shares. */
export interface GridContext {
  readonly subject: Subject;
  readonly rates: Rates;
  readonly effectiveDate: string;
  /** The market's movement since the rates' last sale, in log price, and what it was seen in. */
  readonly movement: { readonly log: number; readonly sample: number; readonly from: string };
  /** The amount as corrected by an agent; undefined where it was not. */
  readonly corrected: (saleId: string, line: Line) => number | undefined;
}

/** Rounds parts to integers that add up to the whole (largest-remainder method). */
export function wholeParts(exact: readonly number[], whole: number): number[] {
  const parts = exact.map(Math.floor);
  let left = whole - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = exact
    .map((value, i) => ({ i, rest: value - parts[i]! }))
    .sort((a, b) => b.rest - a.rest);
  for (let k = 0; left !== 0; k++, left -= Math.sign(left))
    parts[byRemainder[k % parts.length]!.i]! += Math.sign(left);
  return parts;
}

/** The price of a sale adjusted to the subject and the effective date, in whole money. */
export function adjustedPrice(item: Weighed, { movement }: GridContext): number {
  return Math.max(1, Math.round(Math.exp(item.adjusted + movement.log)));
}

/** Makes a column of the grid; `weight` is the shown one. */
export function comp(item: Chosen, weight: number, context: GridContext): Comp {
  const { subject } = context;
  const { sale } = item;
  const price = Math.round(sale.price);
  const computed = adjustedPrice(item, context);
  const correction = (line: Line) => context.corrected(sale.id, line);
  const worth: Record<Line, number> = {
    time: item.byTime,
    market_movement: context.movement.log,
    ...item.byFeature,
  };
  const used = lines.filter(
    (line) =>
      line === "time" || worth[line] !== 0 || known(line, subject, sale) || correction(line) !== undefined,
  );
  // Shares of a product become parts of a difference by the logarithmic mean: no part depends on their order.
  const total = used.reduce((sum, line) => sum + worth[line], 0);
  const mean = Math.abs(total) < 1e-9 ? price : (computed - price) / total;
  const exact = used.map((line) => mean * worth[line]);
  // A correction changes its own line and the sum; the other lines stay what they were.
  const amounts = wholeParts(exact, computed - price).map((amount, i) => correction(used[i]!) ?? amount);
  const adjusted = amounts.reduce((sum, amount) => sum + amount, price);
  const adjustments = used.map((line, i) => adjustment(line, amounts[i]!, price, item, context));
  const gross = amounts.reduce((sum, amount) => sum + Math.abs(amount), 0);
  return {
    sale,
    distance_km: round(distanceKm(subject, sale), 2),
    direction: direction(subject, sale),
    weight,
    adjustments,
    net_adjustment: adjusted - price,
    net_percent: percent(adjusted - price, price),
    gross_adjustment: gross,
    gross_percent: percent(gross, price),
    adjusted_price: adjusted,
    older_than_a_year: item.whyOld !== null,
    age_reason: item.whyOld,
  };
}

const percent = (part: number, whole: number) => round((100 * part) / whole, 2);

/** What one unit of a line is called in the grid. */
const units: Readonly<Record<Line, string>> = {
  time: "day",
  market_movement: "whole market",
  size_sqft: "sqft",
  lot_sqft: "sqft of lot",
  year_built: "year",
  condition: "point",
  bedrooms: "bedroom",
  bathrooms: "bathroom",
  property_type: "type",
};

const isFeature = (line: Line): line is Feature => line !== "time" && line !== "market_movement";
const known = (line: Line, subject: Subject, sale: Weighed["sale"]) =>
  isFeature(line) && subject[line] !== undefined && sale[line] !== undefined;

function adjustment(
  line: Line,
  amount: number,
  price: number,
  item: Weighed,
  context: GridContext,
): Adjustment {
  const { subject, rates, movement } = context;
  const { sale } = item;
  // The time line ends at the last known sale; after it, market_movement applies.
  const sides = isFeature(line)
    ? { subject: subject[line] ?? null, comparable: sale[line] ?? null }
    : line === "time"
      ? { subject: later(rates.period.to, sale.sale_date), comparable: sale.sale_date }
      : { subject: context.effectiveDate, comparable: movement.from };
  const steps = line === "time" ? daysBetween(sides) : difference(sides);
  const corrected = context.corrected(sale.id, line) !== undefined;
  const sample = isFeature(line) ? rates.known[line] : line === "time" ? rates.sample : movement.sample;
  return {
    line,
    ...sides,
    unit: units[line],
    rate: corrected || steps === null || steps === 0 ? null : round(amount / steps, 2),
    amount,
    percent: percent(amount, price),
    sample: corrected ? 0 : sample,
    period: line === "market_movement" ? { from: movement.from, to: context.effectiveDate } : rates.period,
    ...(corrected && { corrected }),
  };
}

type Sides = Pick<Adjustment, "subject" | "comparable">;
const later = (a: string, b: string) => (a > b ? a : b);
const daysBetween = (sides: Sides) => dayOf(String(sides.subject)) - dayOf(String(sides.comparable));
const difference = ({ subject, comparable }: Sides) =>
  typeof subject === "number" && typeof comparable === "number" ? subject - comparable : null;
