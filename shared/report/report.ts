import type { Analysis, Sale } from "../domain/cma/analysis.ts";
import { changed } from "./changes.ts";
import type { ChartData } from "./charts.ts";
import { legible } from "./color.ts";
import { comparables } from "./comparables.ts";
import { cover } from "./cover.ts";
import { disclaimerFor } from "./disclaimers.ts";
import { estimate } from "./estimate.ts";
import { formatIn } from "./format.ts";
import { grid } from "./grid.ts";
import { subject } from "./home.ts";
import { html, trusted } from "./html.ts";
import { market } from "./market.ts";
import { method, rates, rejected } from "./method.ts";
import { running } from "./print.ts";
import { sideBySide } from "./side-by-side.ts";
import { style } from "./style.ts";

/** What a report says, and for whom. `accent` is a colour (#rrggbb); `photos` are addresses of pictures. */
export interface Report {
  readonly brokerage: { readonly name: string; readonly accent: string };
  readonly agent: { readonly name: string; readonly email: string };
  readonly home: { readonly title: string; readonly lines: readonly string[]; readonly state: string | null };
  readonly photos: readonly string[];
  readonly analysis: Analysis;
  /** Every sale that the analysis looked at. */
  readonly sales: readonly Sale[];
  /** When and by whom it was approved; null is a draft. */
  readonly approved: { readonly at: string; readonly by: string | null } | null;
  /** CSS that brings the fonts with it; without, the reader's own are used. */
  readonly fonts: string;
}

/** The report as one page for screen and print: no script, nothing fetched but the photos; the same for the same. */
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
  return html`<!doctype html>
<html lang="en-US">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Market analysis: ${home.title}</title>
<style>${trusted(report.fonts)}:root { --accent: ${accent}; --brand: ${brokerage.accent}; }${style}${running(brokerage.name, approved !== null)}</style>
</head>
<body>
${cover(report, format)}
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
<footer>${disclaimer.place === "end" && words}<p class="colophon">${brokerage.name} · ${home.title} · ${format.date(analysis.effective_date)}</p></footer>
</body>
</html>`.text;
}
