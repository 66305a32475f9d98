import { legible } from "../page/color.ts";
import { page } from "../page/document.ts";
import { formatIn } from "../page/format.ts";
import { html, trusted } from "../page/html.ts";
import { changed } from "./changes.ts";
import type { ChartData } from "./charts.ts";
import { comparables } from "./comparables.ts";
import type { Report } from "./contents.ts";
import { cover } from "./cover.ts";
import { disclaimerFor } from "./disclaimers.ts";
import { estimate } from "./estimate.ts";
import { grid } from "./grid.ts";
import { subject } from "./home.ts";
import { market } from "./market.ts";
import { method, rates, rejected } from "./method.ts";
import { running } from "./print.ts";
import { sideBySide } from "./side-by-side.ts";
import { style } from "./style.ts";

/** The report as one page for screen and print: no script, nothing fetched but the photos; deterministic. */
export function reportPage(report: Report): string {
  const { brokerage, home, analysis, sales, photos, approved } = report;
  const format = formatIn(analysis.currency);
  const accent = legible(brokerage.accent);
  const disclaimer = disclaimerFor(home.state);
  const words = html`<p class="disclaimer">${disclaimer.text}</p>`;
  const data: ChartData = {
    subject: analysis.subject,
    price: analysis.suggested_price,
    effective_date: analysis.effective_date,
    sales,
    comps: new Set(analysis.comps.map(({ sale }) => sale.id)),
    accent,
    format,
  };
  return page(
    html`Market analysis: ${home.title}`,
    html`${trusted(report.fonts)}:root { --accent: ${accent}; --brand: ${brokerage.accent}; }${style}${running(brokerage.name, approved !== null)}`,
    html`${cover(report, format)}
<main>
${estimate(analysis, format, disclaimer.place === "after_estimate" && words)}
${changed(analysis, format)}
${subject(analysis, photos.slice(1), format)}
${comparables(analysis, sales, format)}
${sideBySide(analysis, format)}
${grid(analysis, format)}
${market(analysis, data)}
${rates(analysis, format)}
${rejected(analysis, format)}
${method(analysis, format)}
</main>
<footer>${disclaimer.place === "end" && words}<p class="colophon">${brokerage.name} · ${home.title} · ${format.date(analysis.effective_date)}</p></footer>`,
  );
}
