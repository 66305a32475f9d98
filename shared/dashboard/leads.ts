import { axis, bars, figure } from "../page/chart.ts";
import type { Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import type { Conversion, DashboardData, InStatus, Responses } from "./data.ts";
import { daysOf, minutes, none } from "./words.ts";

/** Clients by nurture status, as a chart and in numbers. */
export function pipeline({ pipeline: all }: DashboardData, accent: string, format: Format): Markup | false {
  if (!all) return false;
  const rows = all.map(
    ({ status, clients, age }) =>
      html`<tr><th scope="row">${titles[status]}</th><td>${format.number(clients)}</td><td>${age === null ? none : format.number(age)}</td></tr>`,
  );
  const table = html`<table><thead><tr><th scope="col" class="text">Status</th><th scope="col">Clients</th><th scope="col">Median days in it</th></tr></thead><tbody>${rows}</tbody></table>`;
  return html`<section><h2>Pipeline</h2><div class="charts">
${figure("Clients by nurture status", "As of now; the numbers stand beside it.", {
  xAxis: { ...axis("category", ""), data: all.map(({ status }) => titles[status]) },
  yAxis: { ...axis("value", "", (value) => format.number(Number(value))), minInterval: 1 },
  series: [
    bars(
      all.map(({ clients }) => clients),
      -1,
      accent,
    ),
  ],
})}
<div>${region("Clients by nurture status", table)}</div></div></section>`;
}

const titles: Readonly<Record<InStatus["status"], string>> = {
  new: "New",
  hot: "Hot",
  warm: "Warm",
  cold: "Cold",
};

/** What became of leads, by where they came from and by how likely the score held them to be. */
export function conversion({ conversion: of }: DashboardData, format: Format): Markup | false {
  if (!of) return false;
  const { days, bySource, byBand, all } = of;
  return html`<section><h2>Conversion of leads</h2>
<p class="note">${daysOf(days)}, not final. Percent of the leads of these days.</p>
${bySource ? conversions("By source", "Source", bySource, format) : conversions("All leads", "", [all], format)}
${byBand && conversions("By score band", "Band that they reached", byBand, format)}</section>`;
}

function conversions(title: string, of: string, all: readonly Conversion[], format: Format): Markup {
  if (all.length === 0) return html`<h3>${title}</h3><p class="done">No leads in these weeks.</p>`;
  const percent = (value: number | null) => (value === null ? none : format.percent(value, 1));
  const rows = all.map(
    (one) =>
      html`<tr><th scope="row">${one.of}</th><td>${format.number(one.leads)}</td><td>${percent(one.responded)}</td><td>${percent(one.met)}</td><td>${percent(one.hot)}</td></tr>`,
  );
  const table = html`<table><thead><tr>${of === "" ? html`<td></td>` : html`<th scope="col" class="text">${of}</th>`}<th scope="col">Leads</th><th scope="col">Answered</th><th scope="col">Met</th><th scope="col">Became hot</th></tr></thead><tbody>${rows}</tbody></table>`;
  return html`<h3>${title}</h3>${region(title, table)}`;
}

/** How fast each agent answers, the slowest first; for those who see everybody's numbers. */
export function responses({ responses: of }: DashboardData, format: Format): Markup | false {
  if (!of) return false;
  const time = (value: number | null) => (value === null ? none : minutes(value));
  const row = ({ user_id, agent, leads, responded, median, p90 }: Responses) =>
    html`<tr><th scope="row"><a href="?user_id=${user_id}">${agent}</a></th><td>${format.number(leads)}</td><td>${format.number(responded)}</td><td>${time(median)}</td><td>${time(p90)}</td></tr>`;
  const table = html`<table><thead><tr><th scope="col" class="text">Agent</th><th scope="col">Leads</th><th scope="col">Answered</th><th scope="col">Median</th><th scope="col">90th percentile</th></tr></thead><tbody>${of.agents.map(row)}</tbody></table>`;
  return html`<section><h2>First response by agent</h2>
<p class="note">${daysOf(of.days)}, not final.</p>
${of.agents.length > 0 ? region("First response by agent", table) : html`<p class="done">No leads in these weeks.</p>`}</section>`;
}
