import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Sale, Subject } from "../domain/cma/sale.ts";
import type { Format } from "./format.ts";
import { html, type Markup, trusted } from "./html.ts";

use([BarChart, GridComponent, LineChart, MarkLineComponent, ScatterChart, SVGRenderer]);

/** What the charts draw. `comps` are ids of the sales in the grid. */
export interface ChartData {
  readonly subject: Subject;
  readonly price: number;
  readonly sales: readonly Sale[];
  readonly comps: ReadonlySet<string>;
  readonly accent: string;
  readonly format: Format;
}

const ink = "#1c2430";
const faint = "#8a93a0";
const [width, height] = [520, 280];

/** Price against living area, every sale looked at; the grid's sales filled, the subject a diamond at its price. */
export function priceBySize({ subject, price, sales, comps, accent, format }: ChartData): Markup | undefined {
  const points = sales.flatMap(({ id, size_sqft, price }) =>
    size_sqft ? [{ id, at: [size_sqft, price] }] : [],
  );
  if (points.length < 3) return undefined;
  const of = (inGrid: boolean) => points.flatMap(({ id, at }) => (comps.has(id) === inGrid ? [at] : []));
  return figure(
    "Price and living area",
    `${points.length} sales; filled: the comparables of this analysis${subject.size_sqft ? "; diamond: this home at the suggested price" : ""}.`,
    {
      xAxis: axis("value", "sq ft", (value) => format.number(Number(value))),
      yAxis: axis("value", "", (value) => format.shortMoney(Number(value))),
      series: [
        { type: "scatter", data: of(false), symbolSize: 6, itemStyle: { color: "#c3c9d1" } },
        { type: "scatter", data: of(true), symbolSize: 10, itemStyle: { color: accent } },
        subject.size_sqft
          ? {
              type: "scatter",
              data: [[subject.size_sqft, price]],
              symbol: "diamond",
              symbolSize: 18,
              itemStyle: { color: ink },
            }
          : { type: "scatter", data: [] },
      ],
    },
  );
}

/** Price per square foot of every sale by its date; the line joins the months' medians. */
export function pricePerSquareFoot({ sales, comps, accent, format }: ChartData): Markup | undefined {
  const points = sales.flatMap(({ id, sale_date, price, size_sqft }) =>
    size_sqft ? [{ id, month: sale_date.slice(0, 7), at: [sale_date, price / size_sqft] as const }] : [],
  );
  if (points.length < 3) return undefined;
  const medians = byMonth(points.map(({ month, at }) => [month, at[1]])).map(([month, values]) => [
    `${month}-15`,
    median(values),
  ]);
  return figure("Price per square foot over time", "Each point a sale; the line joins the months' medians.", {
    xAxis: { ...axis("time", ""), splitNumber: 4 },
    yAxis: { ...axis("value", "", (value) => format.money(Number(value))), scale: true },
    series: [
      { type: "scatter", data: points.map(({ at }) => at), symbolSize: 5, itemStyle: { color: "#c3c9d1" } },
      {
        type: "scatter",
        data: points.flatMap(({ id, at }) => (comps.has(id) ? [at] : [])),
        symbolSize: 9,
        itemStyle: { color: accent },
      },
      { type: "line", data: medians, symbol: "none", lineStyle: { color: ink, width: 2 } },
    ],
  });
}

/** Sales a month around the subject. */
export function salesByMonth({ sales, accent, format }: ChartData): Markup | undefined {
  const months = byMonth(sales.map(({ sale_date, price }) => [sale_date.slice(0, 7), price])).slice(-12);
  if (months.length < 3) return undefined;
  return figure(
    "Sales by month",
    "Closed sales looked at for this analysis; the last month may be incomplete.",
    {
      xAxis: { ...axis("category", ""), data: months.map(([month]) => month.slice(2).replace("-", "/")) },
      yAxis: axis("value", "", (value) => format.number(Number(value))),
      series: [
        {
          type: "bar",
          data: months.map(([, values]) => values.length),
          itemStyle: { color: accent },
          barMaxWidth: 28,
        },
      ],
    },
  );
}

function figure(title: string, caption: string, option: EChartsCoreOption): Markup {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: "inherit", color: ink },
    grid: {
      left: 8,
      right: 16,
      top: 16,
      bottom: 8,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    ...option,
  });
  const svg = chart.renderToSVGString({ useViewBox: true });
  chart.dispose();
  return html`<figure><h3>${title}</h3>${trusted(svg.replace("<svg ", `<svg role="img" aria-label="${title}" `))}<figcaption>${caption}</figcaption></figure>`;
}

const axis = (
  type: "value" | "time" | "category",
  name: string,
  formatter?: (value: string | number) => string,
) => ({
  type,
  name,
  nameLocation: "middle",
  nameGap: 26,
  scale: type === "value" && name !== "",
  axisLabel: { color: ink, fontSize: 11, ...(formatter ? { formatter } : {}), hideOverlap: true },
  axisLine: { lineStyle: { color: faint } },
  axisTick: { show: false },
  splitLine: { show: type === "value" && name === "", lineStyle: { color: "#e6e9ed" } },
});

function byMonth(values: readonly (readonly [string, number])[]): [string, number[]][] {
  const months = new Map<string, number[]>();
  for (const [month, value] of values) months.set(month, [...(months.get(month) ?? []), value]);
  return [...months].sort(([a], [b]) => (a < b ? -1 : 1));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
