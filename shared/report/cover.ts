import type { Home } from "../domain/cma/sale.ts";
import { counted, type Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import type { Report } from "./contents.ts";
import { coverMap } from "./map.ts";
import { factOf } from "./names.ts";

/** The cover: a page of its own in print, the head of the page on a screen. */
export function cover(report: Report, format: Format): Markup {
  const { brokerage, agent, home, photos, analysis, sales, approved } = report;
  const [first] = photos;
  const day = format.date(analysis.effective_date);
  return html`<header class="cover">
<div class="masthead"><p class="brokerage">${brokerage.name}</p><p class="label">Comparative market analysis</p></div>
<div class="picture">${first ? html`<img src="${first}" alt="${home.title}">` : coverMap(analysis, sales)}</div>
<div class="title">
${!approved && html`<p class="draft"><strong>Draft.</strong> Not yet approved by a person.</p>`}
<h1>${home.title}</h1>
${home.lines.length > 0 && html`<p class="place">${home.lines.join(" · ")}</p>`}
<p class="brief">${brief(analysis.subject, format)}</p>
</div>
<dl class="imprint">
<div><dt>Prepared by</dt><dd>${agent.name}<br><a href="mailto:${agent.email}">${agent.email}</a></dd></div>
<div><dt>As of</dt><dd>${day}</dd></div>
<div><dt>Approved</dt><dd>${approved ? html`${format.date(approved.at)}${approved.by && html`<br>by ${approved.by}`}` : "Not yet"}</dd></div>
</dl>
</header>`;
}

/** The home in one line: what is known of it, nothing of what is not. */
function brief(home: Home, format: Format): string {
  const { property_type, bedrooms, bathrooms, size_sqft, year_built } = home;
  return [
    property_type && factOf("property_type", property_type, format),
    bedrooms !== undefined && counted(bedrooms, "bedroom"),
    bathrooms !== undefined && counted(bathrooms, "bathroom"),
    size_sqft !== undefined && `${format.number(size_sqft)} sq ft`,
    year_built !== undefined && `built ${year_built}`,
  ]
    .filter(Boolean)
    .join(" · ");
}
