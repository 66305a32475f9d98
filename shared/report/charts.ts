import { dateOf, dayOf, type Sale, type Subject } from "../domain/cma/sale.ts";
import { axis, bars, figure, ink } from "../page/chart.ts";
import type { Format } from "../page/format.ts";
import type { Markup } from "../page/html.ts";
import { comparables, others, thisHome } from "./dots.ts";

/** What the charts draw. `comps` are ids of the sales in the grid; `accent` is a colour (#rrggbb). */
export interface ChartData {
  readonly subject: Subject;
  readonly price: number;
  readonly effective_date: string;
  readonly sales: readonly Sale[];
  readonly comps: ReadonlySet<string>;
  readonly accent: string;
  readonly format: Format;
}

/** Fewer than so many points or months make no chart. */
const least = 3;
const shownMonths = 12;

/** Every chart that the sales have data for. */
export const charts = (data: ChartData): Markup[] =>
  [priceBySize(data), pricePerSquareFoot(data), salesByMonth(data), daysOnMarket(data)].filter(
    (chart) => chart !== undefined,
  );

/** Price against living area, every sale looked at; the home itself at its suggested price. */
function priceBySize({ subject, price, sales, comps, accent, format }: ChartData): Markup | undefined {
  const points = sales.flatMap(({ id, size_sqft, price }) =>
    size_sqft ? [{ id, at: [size_sqft, price] as const }] : [],
  );
  if (points.length < least) return undefined;
  const of = (inGrid: boolean) => points.flatMap(({ id, at }) => (comps.has(id) === inGrid ? [at] : []));
  const { size_sqft } = subject;
  return figure(
    "Price and living area",
    `${points.length} sales by living area in square feet. Filled: the comparables${size_sqft ? "; diamond: this home at the suggested price" : ""}.`,
    {
      xAxis: { ...axis("value", "", (value) => format.number(Number(value))), scale: true },
      yAxis: { ...axis("value", "", (value) => format.shortMoney(Number(value))), scale: true },
      series: [
        others(of(false)),
        comparables(of(true), accent),
        ...(size_sqft ? [thisHome([size_sqft, price], "This home")] : []),
      ],
    },
  );
}

/** Price per square foot of every sale by its date; the line joins the months' medians. */
function pricePerSquareFoot(data: ChartData): Markup | undefined {
  const { subject, price, effective_date, sales, comps, accent, format } = data;
  const points = sales.flatMap(({ id, sale_date, price, size_sqft }) =>
    size_sqft ? [{ id, month: sale_date.slice(0, 7), at: [sale_date, price / size_sqft] as const }] : [],
  );
  if (points.length < least) return undefined;
  const of = (inGrid: boolean) => points.flatMap(({ id, at }) => (comps.has(id) === inGrid ? [at] : []));
  const medians = byMonth(points.map(({ month, at }) => [month, at[1]])).map(
    ([month, values]) => [`${month}-15`, median(values)] as const,
  );
  const { size_sqft } = subject;
  return figure(
    "Price per square foot over time",
    `Each dot a sale, filled where it is a comparable; the line joins the months’ medians${size_sqft ? "; diamond: this home at the suggested price" : ""}.`,
    {
      xAxis: {
        ...axis("time", "", (value) => format.month(new Date(value).toISOString().slice(0, 7), true)),
        minInterval: 80 * 86_400_000,
      },
      yAxis: { ...axis("value", "", (value) => format.money(Number(value))), scale: true },
      series: [
        others(of(false)),
        comparables(of(true), accent),
        { type: "line", data: medians, symbol: "none", z: 4, lineStyle: { color: ink, width: 2 } },
        ...(size_sqft ? [thisHome([effective_date, price / size_sqft], "")] : []),
      ],
    },
  );
}

/** Sales a month around the home, months without one included. */
function salesByMonth(data: ChartData): Markup | undefined {
  const counts = new Map(byMonth(data.sales.map(({ sale_date, price }) => [sale_date.slice(0, 7), price])));
  return monthly("Sales by month", "Closed sales looked at for this analysis.", data, (month) =>
    counts.size < least ? null : (counts.get(month)?.length ?? 0),
  );
}

/** The months' median days on market, where sales say how long they took. */
function daysOnMarket(data: ChartData): Markup | undefined {
  const known = data.sales.flatMap(({ sale_date, days_on_market: days }) =>
    days === undefined ? [] : [[sale_date.slice(0, 7), days] as const],
  );
  const days = new Map(byMonth(known));
  const caption = `Median days from listing to contract of each month’s sales, where known (${known.length} sales).`;
  return monthly("Days on market", caption, data, (month) =>
    days.has(month) ? Math.round(median(days.get(month)!)) : null,
  );
}

/** Bars for the last twelve months; the month that the effective date cuts is dashed. */
function monthly(
  title: string,
  caption: string,
  { effective_date, accent, format }: ChartData,
  of: (month: string) => number | null,
): Markup | undefined {
  const months = monthsBefore(effective_date);
  const values = months.map(of);
  if (values.filter((value) => value !== null).length < least) return undefined;
  const cut = effective_date.endsWith("-01") ? -1 : months.length - 1;
  const said =
    cut < 0 ? "" : ` Dashed: ${format.month(months.at(-1)!)}, up to ${format.date(effective_date)}.`;
  return figure(title, caption + said, {
    xAxis: { ...axis("category", ""), data: months.map((month) => format.month(month, true)) },
    yAxis: { ...axis("value", "", (value) => format.number(Number(value))), minInterval: 1 },
    series: [bars(values, cut, accent)],
  });
}

/** The twelve months that end with the one of the last sale that may be in: of the day before. */
function monthsBefore(day: string): string[] {
  const last = dateOf(dayOf(day) - 1);
  const [year, month] = [Number(last.slice(0, 4)), Number(last.slice(5, 7))];
  return Array.from({ length: shownMonths }, (_, at) =>
    new Date(Date.UTC(year, month - shownMonths + at, 1)).toISOString().slice(0, 7),
  );
}

function byMonth(values: readonly (readonly [string, number])[]): [string, number[]][] {
  const months = Map.groupBy(values, ([month]) => month);
  return [...months]
    .map(([month, of]): [string, number[]] => [month, of.map(([, value]) => value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
