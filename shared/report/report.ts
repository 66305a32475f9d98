import type { Adjustment, Analysis, Comp, Line } from "../domain/cma/analysis.ts";
import type { Sale } from "../domain/cma/sale.ts";
import { type ChartData, priceBySize, pricePerSquareFoot, salesByMonth } from "./charts.ts";
import { disclaimerFor } from "./disclaimers.ts";
import { map, priceScale } from "./drawings.ts";
import { type Format, formatIn } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { style } from "./style.ts";

/** What a report says, and for whom. `accent` is a CSS colour (#rrggbb); `photos` are addresses of pictures. */
export interface Report {
  readonly brokerage: { readonly name: string; readonly accent: string };
  readonly agent: { readonly name: string; readonly email: string };
  readonly home: { readonly title: string; readonly lines: readonly string[]; readonly state: string | null };
  readonly photos: readonly string[];
  readonly analysis: Analysis;
  /** Every sale that the analysis looked at. */
  readonly sales: readonly Sale[];
  /** When a person approved it; null is a draft. */
  readonly approved_at: string | null;
}

/** The report as one page for screen and print: no script, nothing fetched but the photos. */
export function reportPage(report: Report): string {
  const { brokerage, agent, home, analysis, sales } = report;
  const format = formatIn(analysis.currency);
  const disclaimer = disclaimerFor(home.state);
  const words = html`<p class="note">${disclaimer.text}</p>`;
  const data: ChartData = {
    subject: analysis.subject,
    price: analysis.suggested_price,
    sales,
    comps: new Set(analysis.comps.map(({ sale }) => sale.id)),
    accent: brokerage.accent,
    format,
  };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>Market analysis: ${home.title}</title>
<style>${style}:root { --accent: ${brokerage.accent}; }</style>
</head>
<body>
<header>
<p class="label brokerage">${brokerage.name}</p>
${!report.approved_at && html`<p class="draft">Draft: not yet approved by a person</p>`}
<p class="label">Comparative market analysis</p>
<h1>${home.title}</h1>
<p>${home.lines.join(" · ")}</p>
<p class="note">Prepared by ${agent.name}, ${agent.email}. As of ${format.date(analysis.effective_date)}${report.approved_at && `; approved ${format.date(report.approved_at)}`}.</p>
</header>
<main>
<section aria-label="Suggested price">
<p class="label">Suggested price</p>
<p class="price">${format.money(analysis.suggested_price)}</p>
${disclaimer.place === "after_estimate" && words}
${priceScale(analysis, format)}
<p>${confidenceSentence(analysis)}</p>
${analysis.confidence_reasons.map(({ text }) => html`<p class="note">${text}</p>`)}
<ol class="advice">${analysis.recommendations.map((sentence) => html`<li>${sentence}</li>`)}</ol>
</section>
<section><h2>The home</h2>${subjectFacts(analysis, format)}
${report.photos.length > 0 && html`<div class="photos">${report.photos.map((url, at) => html`<img src="${url}" alt="Photo ${at + 1} of the home">`)}</div>`}
</section>
<section><h2>The comparables</h2>
<div class="two">${map(analysis)}<div>${summaryTable(analysis, format)}</div></div></section>
<section class="grid"><h2>The adjustment grid</h2>
<p>Each sale is brought to this home line by line: where the sale was better, its price goes down. The columns add up to the adjusted prices; these, by weight, to the suggested price.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Adjustment grid">${grid(analysis, format)}</div></section>
<section><h2>What differences are worth here</h2>${rates(analysis, format)}</section>
<section><h2>The market</h2>
<div class="two">${[priceBySize(data), pricePerSquareFoot(data), salesByMonth(data)]}</div>
${statistics(analysis, format)}</section>
<section><h2>Sales looked at and left out</h2>${rejected(analysis, format)}</section>
<section><h2>Method</h2>
<p>Differences in price between neighbouring sales are regressed on their differences in size, lot, age, condition, bedrooms, bathrooms and date (${format.number(analysis.market.sample)} sales, ${period(analysis.market.period, format)}), which gives the rates above. Comparables are weighted by how surely they speak for this home, and the asking price plays no part. Engine ${analysis.engine_version}; the sales and rates are stored with the analysis, so it can be computed again.</p></section>
</main>
<footer>${disclaimer.place === "end" && words}</footer>
</body>
</html>`.text;
}

function confidenceSentence({ confidence }: Analysis): string {
  return `Of analyses as sure as this one, about ${Math.round(confidence * 10)} in 10 came within 10 % of the price the home then sold for. The thick bar holds every second sale, the thin one four of five.`;
}

const period = ({ from, to }: { from: string; to: string }, format: Format) =>
  `${format.date(from)} to ${format.date(to)}`;

const names: Partial<Record<Line | "size_sqft" | "year_built" | "property_type", string>> = {
  time: "Date of sale",
  market_movement: "Market movement since",
};
/** A line's name in words: the field's own, unless it has a better one. */
const nameOf = (line: string) => {
  const name = names[line as Line] ?? line.replace("_sqft", " (sq ft)").replaceAll("_", " ");
  return name[0]!.toUpperCase() + name.slice(1);
};

function subjectFacts({ subject }: Analysis, format: Format): Markup {
  const { lat, lon, id, address, ...facts } = subject;
  const shown = Object.entries(facts).filter(([, value]) => value !== undefined);
  return html`<dl class="facts">${shown.map(([name, value]) => html`<div><dt>${nameOf(name)}</dt><dd>${plain(name, value as number | string, format)}</dd></div>`)}</dl>`;
}

const plain = (name: string, value: number | string, format: Format) =>
  typeof value === "number" && name !== "year_built"
    ? format.number(value, 2)
    : String(value).replaceAll("_", " ");

function summaryTable({ comps }: Analysis, format: Format): Markup {
  return html`<table><thead><tr><th scope="col" class="text">Sale</th><th scope="col">Distance</th><th scope="col">Sold</th><th scope="col">Price</th><th scope="col">Weight</th></tr></thead><tbody>
${comps.map((comp, at) => html`<tr><th scope="row">${at + 1}. ${comp.sale.address ?? comp.sale.id}</th><td>${format.distance(comp.distance_km)} ${comp.direction}</td><td>${format.date(comp.sale.sale_date)}${comp.older_than_a_year && " (older than a year: recent ones are too few)"}</td><td>${format.money(comp.sale.price)}</td><td>${format.percent(comp.weight * 100, 1)}</td></tr>`)}
</tbody></table>`;
}

function grid({ comps, neighbourhood, suggested_price }: Analysis, format: Format): Markup {
  const lines = [...new Set(comps.flatMap(({ adjustments }) => adjustments.map(({ line }) => line)))];
  const row = (title: string, cell: (comp: Comp) => Markup | string, end: string = "", kind = "") =>
    html`<tr class="${kind}"><th scope="row">${title}</th>${comps.map((comp) => html`<td>${cell(comp)}</td>`)}${neighbourhood && html`<td>${end}</td>`}</tr>`;
  const adjustment = (comp: Comp, line: Line): Markup | string => {
    const found = comp.adjustments.find((one) => one.line === line);
    return found
      ? html`${found.comparable !== null && html`${shownValue(found, format)}<br>`}${format.change(found.amount)}`
      : "";
  };
  return html`<table><thead><tr><td></td>${comps.map((_, at) => html`<th scope="col">Sale ${at + 1}</th>`)}${neighbourhood && html`<th scope="col">${neighbourhood.sales} more nearby</th>`}</tr></thead><tbody>
${row("Sale price", ({ sale }) => format.money(sale.price))}
${lines.map((line) => row(nameOf(line), (comp) => adjustment(comp, line)))}
${row("Net adjustment", (comp) => html`${format.change(comp.net_adjustment)}<br>${format.percent(comp.net_percent, 1)}`)}
${row("Gross adjustment", (comp) => html`${format.money(comp.gross_adjustment)}<br>${format.percent(comp.gross_percent, 1)}`)}
${row("Adjusted price", (comp) => format.money(comp.adjusted_price), neighbourhood ? format.money(neighbourhood.adjusted_price) : "", "sum")}
${row("Weight", (comp) => format.percent(comp.weight * 100, 2), neighbourhood ? format.percent(neighbourhood.weight * 100, 2) : "")}
<tr class="sum"><th scope="row">Suggested price</th><td colspan="${comps.length + (neighbourhood ? 1 : 0)}">${format.money(suggested_price)}</td></tr>
</tbody></table>`;
}

const shownValue = ({ line, comparable }: Adjustment, format: Format) =>
  typeof comparable === "number" ? plain(line, comparable, format) : String(comparable).replaceAll("_", " ");

function rates({ rates }: Analysis, format: Format): Markup {
  return html`<table><thead><tr><th scope="col" class="text">Difference</th><th scope="col">Worth here</th><th scope="col">Of the price</th><th scope="col">Derived from</th></tr></thead><tbody>
${rates.map((rate) => html`<tr><th scope="row">${nameOf(rate.feature)}: ${rate.step}</th><td>${format.change(rate.amount)}</td><td>${format.percent(rate.percent, 1)}</td><td>${format.number(rate.sample)} sales, ${period(rate.period, format)}</td></tr>`)}
</tbody></table>`;
}

function statistics({ statistics }: Analysis, format: Format): Markup {
  const cell = (value: number | null, show: (value: number) => string) =>
    html`<td>${value === null ? "not known" : show(value)}</td>`;
  const { windows, months_of_supply, active_listings, price_trend } = statistics;
  return html`<h3>By period before the effective date</h3><table><thead><tr><th scope="col" class="text">Months before</th>${windows.map(({ months }) => html`<th scope="col">${months}</th>`)}</tr></thead><tbody>
<tr><th scope="row">Closed sales</th>${windows.map(({ sales }) => cell(sales, (value) => format.number(value)))}</tr>
<tr><th scope="row">Sales a month (absorption)</th>${windows.map(({ sales_per_month }) => cell(sales_per_month, (value) => format.number(value, 1)))}</tr>
<tr><th scope="row">Median price</th>${windows.map(({ median_price }) => cell(median_price, format.money))}</tr>
<tr><th scope="row">Median price per sq ft</th>${windows.map(({ median_price_per_sqft }) => cell(median_price_per_sqft, format.money))}</tr>
<tr><th scope="row">Median days on market</th>${windows.map(({ median_days_on_market }) => cell(median_days_on_market, (value) => format.number(value)))}</tr>
<tr><th scope="row">Sale to list price</th>${windows.map(({ sale_to_list_percent }) => cell(sale_to_list_percent, (value) => format.percent(value, 1)))}</tr>
</tbody></table>
<p class="note">Prices are ${price_trend === "unknown" ? "not known to move either way" : price_trend}. ${active_listings !== null && `${format.number(active_listings)} active listings nearby`}${months_of_supply !== null && `: ${format.number(months_of_supply, 1)} months of supply`}.</p>`;
}

function rejected({ rejected }: Analysis, format: Format): Markup {
  const reasons = Map.groupBy(rejected, ({ reason }) => reason);
  if (reasons.size === 0) return html`<p>None: every sale found is in the grid.</p>`;
  return html`<table><thead><tr><th scope="col" class="text">Reason</th><th scope="col">Sales</th><th scope="col" class="text">The nearest of them</th></tr></thead><tbody>
${[...reasons].map(([reason, sales]) => {
  const nearest = sales.toSorted((a, b) => a.distance_km - b.distance_km).slice(0, 3);
  return html`<tr><th scope="row">${reason}</th><td>${sales.length}</td><td class="text">${nearest.map((sale) => `${format.money(sale.price)} on ${format.date(sale.sale_date)}, ${format.distance(sale.distance_km)}`).join("; ")}</td></tr>`;
})}
</tbody></table>`;
}
