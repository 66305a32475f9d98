import type { Analysis, Window } from "../domain/cma/analysis.ts";
import { counted, type Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import { type ChartData, charts } from "./charts.ts";

/** The market around: charts and the statistics by period. */
export function market({ statistics }: Analysis, data: ChartData): Markup {
  const said = html`<div class="said">${sentences(statistics, data.format).map((sentence) => html`<p>${sentence}</p>`)}</div>`;
  return html`<section class="market"><h2>The local market</h2>
<div class="charts">${charts(data)}${said}</div>
${table(statistics.windows, data.format)}</section>`;
}

function table(windows: readonly Window[], format: Format): Markup {
  const row = (title: string, value: (window: Window) => number | null, show: (value: number) => string) => {
    const values = windows.map(value);
    if (values.every((one) => one === null))
      return html`<tr><th scope="row">${title}</th><td colspan="${windows.length}" class="quiet">not known for these sales</td></tr>`;
    return html`<tr><th scope="row">${title}</th>${values.map((one) => html`<td>${one === null ? "not known" : show(one)}</td>`)}</tr>`;
  };
  const rows = [
    row("Closed sales", ({ sales }) => sales, format.number),
    row(
      "Sales a month (absorption rate)",
      ({ sales_per_month }) => sales_per_month,
      (value) => value.toFixed(1),
    ),
    row("Median price", ({ median_price }) => median_price, format.money),
    row("Median price per sq ft", ({ median_price_per_sqft }) => median_price_per_sqft, format.money),
    row("Median days on market", ({ median_days_on_market }) => median_days_on_market, format.number),
    row(
      "Sale-to-list price",
      ({ sale_to_list_percent }) => sale_to_list_percent,
      (value) => format.percent(value, 1),
    ),
  ];
  const spans = {
    "7-12": "7 to 12 months back",
    "4-6": "4 to 6 months back",
    "0-3": "Last 3 months",
  } as const;
  return region(
    "Market statistics",
    html`<table class="statistics"><thead><tr><th scope="col" class="text">Closed sales around this home</th>${windows.map(({ months }) => html`<th scope="col">${spans[months]}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** Supply and trends in words; what is not known is said. */
function sentences(statistics: Analysis["statistics"], format: Format): string[] {
  const { active_listings, months_of_supply, price_trend, sales_trend, windows } = statistics;
  const supply =
    months_of_supply === null
      ? active_listings === null
        ? "Months of supply: not known, because the number of active listings is not."
        : `Months of supply: not known; there are ${counted(active_listings, "active listing")} and no recent sale.`
      : `Months of supply: ${format.number(months_of_supply, 1)} (${counted(active_listings ?? 0, "active listing")} at the last three months’ pace).`;
  const trends = [
    price_trend === "unknown"
      ? "Too few sales to show a price trend."
      : `Prices per square foot are ${price_trend} over the year.`,
    sales_trend === "unknown" ? "" : `The pace of sales is ${sales_trend}.`,
  ];
  const days = windows.every(({ median_days_on_market }) => median_days_on_market === null);
  return [supply, ...trends, days ? "Days on market are not recorded for these sales." : ""].filter(Boolean);
}
