import type { Adjustment, Analysis, Comp, Line, Neighbourhood } from "../domain/cma/analysis.ts";
import { counted, type Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import { oldReasons } from "./comparables.ts";
import { factOf, nameOf } from "./names.ts";
import { heads } from "./side-by-side.ts";
import { typeSize } from "./tables.ts";

/** The adjustment grid: a column for each comparable, and one for the wider neighbourhood, that add up as shown. */
export function grid(analysis: Analysis, format: Format): Markup {
  const { subject, comps, neighbourhood, suggested_price } = analysis;
  const lines = [...new Set(comps.flatMap(({ adjustments }) => adjustments.map(({ line }) => line)))];
  const columns = comps.length + (neighbourhood ? 2 : 1);
  const row = (title: string, own: string, cell: (comp: Comp) => Markup | string, end = "", kind = "") =>
    html`<tr class="${kind}"><th scope="row">${title}</th><td class="own">${own}</td>${comps.map((comp) => html`<td>${cell(comp)}</td>`)}${neighbourhood && html`<td>${end}</td>`}</tr>`;
  const own = (line: Line) => {
    // The time line ends at the last known sale; after it, market_movement applies.
    if (line === "time") return format.date(String(adjustmentOf(comps[0]!, line)?.subject));
    if (line === "market_movement") return format.date(analysis.effective_date);
    return subject[line] === undefined ? "–" : factOf(line, subject[line], format);
  };
  const rows = [
    row("Sale price", "", ({ sale }) => format.money(sale.price), "", "start"),
    ...lines.map((line) => row(nameOf(line), own(line), (comp) => adjustment(comp, line, format))),
    row("Net adjustment", "", ({ net_adjustment, net_percent }) =>
      stacked(format.percent(net_percent, 1), format.change(net_adjustment)),
    ),
    row("Gross adjustment", "", ({ gross_adjustment, gross_percent }) =>
      stacked(format.percent(gross_percent, 1), format.money(gross_adjustment)),
    ),
    row(
      "Adjusted price",
      "",
      (comp) => format.money(comp.adjusted_price),
      neighbourhood ? format.money(neighbourhood.adjusted_price) : "",
      "sum",
    ),
    row(
      "Weight",
      "100%",
      (comp) => format.percent(comp.weight * 100, 2),
      neighbourhood ? format.percent(neighbourhood.weight * 100, 2) : "",
    ),
    html`<tr class="sum"><th scope="row">Suggested price</th><td class="own">${format.money(suggested_price)}</td><td colspan="${columns - 1}" class="text note">the adjusted prices, by their weights</td></tr>`,
  ];
  const old = oldReasons(comps);
  const amounts = comps.flatMap(({ sale, adjusted_price, adjustments }) => [
    format.money(sale.price),
    format.money(adjusted_price),
    format.date(sale.sale_date),
    ...adjustments.map(({ amount }) => format.change(amount)),
  ]);
  const table = html`<table class="columns" style="--columns:${columns};--type:${typeSize(columns, amounts)}pt"><thead><tr><td></td><th scope="col" class="own">This home</th>${heads(comps)}${neighbourhood && html`<th scope="col"><span class="no">+</span><span class="address">${counted(neighbourhood.sales.length, "sale")} nearby</span></th>`}</tr></thead><tbody>${rows}</tbody></table>`;
  return html`<section class="wide"><h2>The adjustment grid</h2>
<p>Each sale is adjusted to this home line by line: where the sale was better, its price goes down; where it was worse, up. Each cell shows what the sale has and what the difference is worth. Every column adds up to its adjusted price.${neighbourhood && " The last column is the mean, by weight, of the further sales listed below."}${old && ` Sold more than a year before the effective date: ${old}`}</p>
${region("Adjustment grid", table)}</section>
${neighbourhood && furtherSales(neighbourhood, format)}`;
}

/** The sales behind the last column, one by one. */
function furtherSales({ sales, weight }: Neighbourhood, format: Format): Markup {
  const rows = sales.map(
    ({ address, sale_date, price, distance_km, net_adjustment, adjusted_price, weight }) =>
      html`<tr><th scope="row">${address ?? "A sale"}</th><td>${format.distance(distance_km)}</td><td>${format.date(sale_date)}</td><td>${format.money(price)}</td><td>${format.change(net_adjustment)}</td><td>${format.money(adjusted_price)}</td><td>${format.percent(weight * 100, 2)}</td></tr>`,
  );
  const table = html`<table><thead><tr><th scope="col" class="text">Sale</th><th scope="col">Distance</th><th scope="col">Sold</th><th scope="col">Price</th><th scope="col">Net adjustment</th><th scope="col">Adjusted</th><th scope="col">Weight</th></tr></thead><tbody>${rows}</tbody></table>`;
  return html`<section><h2>The further sales nearby</h2>
<p>${counted(sales.length, "sale")}, adjusted at the same rates as those of the grid; together they hold ${format.percent(weight * 100, 1)} of the weight.</p>
${region("The further sales nearby", table)}</section>`;
}

const adjustmentOf = (comp: Comp, line: Line) => comp.adjustments.find((one) => one.line === line);

function adjustment(comp: Comp, line: Line, format: Format): Markup | string {
  const found = adjustmentOf(comp, line);
  return found ? stacked(has(found, format), format.change(found.amount)) : "–";
}

/** What the sale has; the market's movement is the same for all and has no value of its own. */
function has({ line, comparable }: Adjustment, format: Format): string {
  if (line === "market_movement") return "";
  return comparable === null ? "not known" : factOf(line, comparable, format);
}

const stacked = (above: string, below: string) =>
  html`${above && html`<span class="has">${above}</span>`}${below}`;
