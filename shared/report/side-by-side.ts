import type { Analysis, Comp } from "../domain/cma/analysis.ts";
import type { Home } from "../domain/cma/sale.ts";
import type { Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import { nameOfSale } from "./comparables.ts";
import { facts } from "./home.ts";
import { factOf, nameOf } from "./names.ts";
import { typeSize } from "./tables.ts";

/** The facts of the home and of each comparable next to each other; a row of which nothing is known is left out. */
export function sideBySide({ subject, comps, suggested_price }: Analysis, format: Format): Markup {
  // Of the home itself "" is what does not apply, undefined what is not known.
  const row = (title: string, own: string | undefined, of: (comp: Comp) => string | undefined, kind = "") => {
    const values = comps.map(of);
    if (!own && values.every((value) => value === undefined)) return undefined;
    return html`<tr class="${kind}"><th scope="row">${title}</th><td class="own">${own ?? "–"}</td>${values.map((value) => html`<td>${value ?? "–"}</td>`)}</tr>`;
  };
  const money = (amount: number | undefined) => (amount ? format.money(amount) : undefined);
  const perSqft = (price: number, { size_sqft }: Home) => money(size_sqft && price / size_sqft);
  const fact = (home: Home, name: (typeof facts)[number]) =>
    home[name] === undefined ? undefined : factOf(name, home[name], format);
  const rows = [
    row("Distance", "", ({ distance_km, direction }) => `${format.distance(distance_km)} ${direction}`),
    row("Sold", "", ({ sale }) => format.date(sale.sale_date)),
    row("List price", "", ({ sale }) => money(sale.list_price)),
    row("Days on market", "", ({ sale }) => sale.days_on_market?.toLocaleString("en-US")),
    row("Sale price", "", ({ sale }) => money(sale.price)),
    row("Price per sq ft", perSqft(suggested_price, subject), ({ sale }) => perSqft(sale.price, sale)),
    ...facts.map((name) => row(nameOf(name), fact(subject, name), ({ sale }) => fact(sale, name))),
    row("Suggested, adjusted", money(suggested_price), (comp) => money(comp.adjusted_price), "sum"),
  ];
  const values = comps.flatMap(({ sale, adjusted_price }) => [
    format.money(sale.price),
    format.money(adjusted_price),
    format.date(sale.sale_date),
  ]);
  const columns = comps.length + 1;
  const table = html`<table class="columns" style="--columns:${columns};--type:${typeSize(columns, values)}pt"><thead><tr><td></td><th scope="col" class="own">This home</th>${heads(comps)}</tr></thead><tbody>${rows}</tbody></table>`;
  return html`<section class="wide"><h2>Side by side</h2>
<p>What is known of this home and of each comparable. A dash: not known.</p>
${region("This home and the comparables side by side", table)}</section>`;
}

/** The comparables as heads of columns: number and address. */
export const heads = (comps: readonly Comp[]): Markup[] =>
  comps.map(
    ({ sale }, at) =>
      html`<th scope="col"><span class="no">${at + 1}</span><span class="address">${nameOfSale(sale, at)}</span></th>`,
  );
