import type { Analysis } from "../domain/cma/analysis.ts";
import type { Home } from "../domain/cma/sale.ts";
import type { Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { factOf, nameOf } from "./names.ts";

/** The facts of a home that are shown and compared, in their order. */
export const facts = [
  "property_type",
  "size_sqft",
  "bedrooms",
  "bathrooms",
  "lot_sqft",
  "year_built",
  "condition",
] as const satisfies readonly (keyof Home)[];

/** The home itself: what is known, what is not, what it sold for before, and its further photos. */
export function subject(
  { subject: home, earlier_sales = [] }: Analysis,
  photos: readonly string[],
  format: Format,
): Markup {
  const known = facts.filter((name) => home[name] !== undefined);
  const missing = facts.filter((name) => home[name] === undefined);
  return html`<section class="subject"><h2>The home</h2>
<dl class="facts">${known.map((name) => html`<div><dt>${nameOf(name)}</dt><dd>${factOf(name, home[name]!, format)}</dd></div>`)}</dl>
${missing.length > 0 && html`<p class="note">Not known: ${missing.map((name) => lower(nameOf(name))).join(", ")}. Unknown facts are not adjusted for.</p>`}
${earlier_sales.map(({ sale_date, price }) => html`<p>This home, sold ${format.date(sale_date)} for ${format.money(price)}. Its own sale is not used as a comparable.</p>`)}
${photos.length > 0 && html`<div class="photos">${photos.map((url, at) => html`<img src="${url}" alt="Photo ${at + 1} of the home">`)}</div>`}
</section>`;
}

const lower = (name: string) => name[0]!.toLowerCase() + name.slice(1);
