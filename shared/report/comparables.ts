import type { Analysis, Comp } from "../domain/cma/analysis.ts";
import type { Sale } from "../domain/cma/sale.ts";
import { counted, type Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import { map } from "./map.ts";

/** Where the comparables are and what they sold for: map and summary table. */
export function comparables(analysis: Analysis, sales: readonly Sale[], format: Format): Markup {
  const { comps, neighbourhood } = analysis;
  const far = comps.map(({ distance_km }) => distance_km);
  const dates = comps.map(({ sale }) => sale.sale_date).sort();
  const others = sales.length - comps.length;
  return html`<section class="comparables"><h2>The comparables</h2>
<div class="around">${map(analysis, sales)}
<div class="legend">
<p>${counted(comps.length, "sale")} ${comps.length === 1 ? "carries" : "carry"} this analysis: ${comps.length === 1 ? "" : `the nearest ${format.distance(Math.min(...far))} away, `}the farthest ${format.distance(Math.max(...far))} away, sold ${comps.length === 1 ? `on ${format.date(dates[0]!)}` : `from ${format.date(dates[0]!)} to ${format.date(dates.at(-1)!)}`}.</p>
${neighbourhood && html`<p>They hold ${format.percent((1 - neighbourhood.weight) * 100, 1)} of the weight; ${counted(neighbourhood.sales.length, "further sale")} nearby, listed after the grid, ${neighbourhood.sales.length === 1 ? "holds" : "hold"} the rest.</p>`}
<ul class="keys"><li><i class="k home"></i>This home</li><li><i class="k comp"></i>A comparable, numbered as in the table</li>${others > 0 && html`<li><i class="k other"></i>Other sales looked at</li>`}</ul>
<p class="note">North is up; rings show straight-line distance in miles. Numbers that would cover each other are moved apart, with a line to the place.</p>
</div></div>
${summary(comps, format)}</section>`;
}

function summary(comps: readonly Comp[], format: Format): Markup {
  const old = comps.some(({ older_than_a_year }) => older_than_a_year);
  const rows = comps.map(
    ({ sale, distance_km, direction, adjusted_price, weight, older_than_a_year }, at) =>
      html`<tr><th scope="row"><span class="no">${at + 1}</span>${nameOfSale(sale, at)}</th><td class="text">${format.distance(distance_km)} ${direction}</td><td>${format.date(sale.sale_date)}${older_than_a_year && "*"}</td><td>${format.money(sale.price)}</td><td>${sale.size_sqft ? format.number(sale.size_sqft) : "–"}</td><td>${sale.size_sqft ? format.money(sale.price / sale.size_sqft) : "–"}</td><td><strong>${format.money(adjusted_price)}</strong></td><td>${format.percent(weight * 100, 1)}</td></tr>`,
  );
  return region(
    "Summary of the comparables",
    html`<table class="summary"><thead><tr><th scope="col" class="text">Sale</th><th scope="col" class="text">Where</th><th scope="col">Sold</th><th scope="col">Price</th><th scope="col">Sq ft</th><th scope="col">Per sq ft</th><th scope="col">Adjusted</th><th scope="col">Weight</th></tr></thead><tbody>${rows}</tbody></table>
${old && html`<p class="note">* Sold more than a year before the effective date. ${oldReasons(comps)}</p>`}`,
  );
}

/** Why old sales are among the comparables, by their numbers: "1, 4: Only 3 recent sales nearby are like this home." */
export function oldReasons(comps: readonly Comp[]): string {
  const old = comps.flatMap(({ older_than_a_year, age_reason }, at) =>
    older_than_a_year ? [{ number: at + 1, reason: age_reason ?? "Recent sales are too few." }] : [],
  );
  return [...Map.groupBy(old, ({ reason }) => reason)]
    .map(([reason, some]) => `${some.map(({ number }) => number).join(", ")}: ${reason}`)
    .join(" ");
}

/** What a sale is called: its address, else its number. */
export const nameOfSale = (sale: Sale, at: number): string => sale.address ?? `Sale ${at + 1}`;
