import type { Analysis } from "../domain/cma/analysis.ts";
import { counted, type Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import { nameOf } from "./names.ts";

const period = ({ from, to }: { from: string; to: string }, format: Format) =>
  `${format.date(from)} to ${format.date(to)}`;

/** What a usual difference is worth here, and from how many sales that was derived. */
export function rates({ rates }: Analysis, format: Format): Markup | false {
  if (rates.length === 0) return false;
  const table = html`<table><thead><tr><th scope="col" class="text">Difference</th><th scope="col">Worth here</th><th scope="col">Of the price</th><th scope="col">Derived from</th></tr></thead><tbody>
${rates.map(({ feature, step, amount, percent, sample, period: of }) => html`<tr><th scope="row">${nameOf(feature).replace(/ \(.*\)/, "")}: ${format.prose(step)}</th><td>${format.change(amount)}</td><td>${format.percent(percent, 1)}</td><td>${counted(sample, "sale")}, ${period(of, format)}</td></tr>`)}
</tbody></table>`;
  return html`<section><h2>What differences are worth here</h2>${region("What differences are worth", table)}</section>`;
}

/** Sales that were looked at and left out: how many for each reason, and the nearest of them. */
export function rejected({ rejected }: Analysis, format: Format): Markup {
  const reasons = [...Map.groupBy(rejected, ({ reason }) => reason)];
  const rows = reasons.map(([reason, sales]) => {
    const nearest = sales.toSorted((a, b) => a.distance_km - b.distance_km).slice(0, 3);
    const said = nearest.map(
      ({ price, sale_date, distance_km }) =>
        html`<li>${format.money(price)}, ${format.date(sale_date)}, ${format.distance(distance_km)}</li>`,
    );
    return html`<tr><th scope="row" class="reason">${reason}</th><td>${format.number(sales.length)}</td><td class="text"><ul class="plain">${said}</ul></td></tr>`;
  });
  const table = html`<table><thead><tr><th scope="col" class="text">Reason</th><th scope="col">Sales</th><th scope="col" class="text">The nearest of them</th></tr></thead><tbody>${rows}</tbody></table>`;
  return html`<section><h2>Sales considered and excluded</h2>
${rows.length === 0 ? html`<p>None: every sale found is in the grid.</p>` : region("Sales left out", table)}</section>`;
}

/** How the numbers came to be. */
export function method({ market, engine_version }: Analysis, format: Format): Markup {
  return html`<section><h2>Method</h2>
<p>Differences in price between neighboring sales are regressed on their differences in size, lot, age, condition, bedrooms, bathrooms and date (${counted(market.sample, "sale")}, ${period(market.period, format)}); that gives the rates above. Each comparable is weighted by how reliably it predicts the price of this home. The asking price plays no part. Confidence is measured on past sales: each was analyzed as of the day before its contract and compared with the price it sold for.</p>
<p class="note">Engine ${engine_version}. The sales and rates are stored with the analysis, so it can be computed again and gives the same numbers.</p></section>`;
}
