import { legible, legibleOn } from "../page/color.ts";
import { page } from "../page/document.ts";
import { formatIn } from "../page/format.ts";
import { html, type Markup, trusted } from "../page/html.ts";
import type { DashboardData } from "./data.ts";
import { firstSteps, isEmpty } from "./first-steps.ts";
import { conversion, pipeline, responses } from "./leads.ts";
import { darkGround, style } from "./style.ts";
import { today } from "./today.ts";
import { weeks } from "./weeks.ts";

/** The dashboard as one page for screen and print: no script, and nothing is fetched; deterministic. */
export function dashboardPage(data: DashboardData): string {
  const { brokerage, definitions, others } = data;
  const format = formatIn(brokerage.currency);
  const accent = legible(brokerage.accent);
  const title = titleOf(data);
  const body = isEmpty(data)
    ? firstSteps(data)
    : html`${today(data)}
${weeks(data, accent, format)}
${pipeline(data, accent, format)}
${conversion(data, format)}
${responses(data, format)}`;
  return page(
    html`${title}: ${brokerage.name}`,
    trusted(style(accent, legibleOn(darkGround, brokerage.accent))),
    html`<header><p class="brokerage">${brokerage.name}</p><h1>${title}</h1><p class="note">As of ${moment(data)}.</p>
${others.length > 0 && html`<nav aria-label="Other dashboards">${others.map((one) => html`<a href="?${one.query}">${one.title}</a>`)}</nav>`}
</header>
<main>
${body}
</main>
<footer>${definitions.length > 0 && html`<h2>What the numbers count</h2>${definitions.map(definition)}`}
<p class="note">Days are those of ${brokerage.time_zone}. As of ${moment(data)}; events of today count within two minutes, clients, listings and tasks within the hour.</p></footer>`,
  );
}

const definition = (one: DashboardData["definitions"][number]): Markup =>
  html`<p class="note"><strong>${one.title}</strong> (definition ${one.version}). ${one.text}</p>`;

function titleOf({ whose }: DashboardData): string {
  if (whose.kind === "office") return "The office this week";
  return whose.kind === "user" && whose.isReader ? "Your week" : `This week of ${whose.name}`;
}

/** The moment as clocks in the brokerage's time zone show it. */
const moment = ({ now, brokerage: { time_zone } }: DashboardData): string =>
  new Intl.DateTimeFormat("en-US", {
    ...{ timeZone: time_zone, weekday: "long", year: "numeric", month: "long", day: "numeric" },
    ...{ hour: "numeric", minute: "2-digit", timeZoneName: "short" },
  } as const).format(now);
