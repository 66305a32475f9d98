import { axis, bars, figure } from "../page/chart.ts";
import type { Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import { type DashboardData, type Metric, metrics, type Span } from "./data.ts";
import { change, dayOf, daysOf, named, weekdays, written } from "./words.ts";

/** This week against last, the weeks before, and how the most watched numbers moved. */
export function weeks(data: DashboardData, accent: string, format: Format): Markup {
  const shown = metrics.filter((metric) => data.weeks.some(({ numbers }) => numbers[metric] !== null));
  const charts = drawn.flatMap((metric) => chart(metric, data.weeks, accent, format) ?? []);
  return html`<section><h2>This week against last</h2>
${region("This week against last", compared(data, shown, format))}
<p class="note">Weeks begin on Monday. Not final: what is reported late, up to 7 days, still counts.</p>
<div class="charts">${charts}</div>
<h3>Week by week</h3>
${region("Week by week", byWeek(data.weeks, shown, format))}</section>`;
}

function compared({ weeks, sameDays }: DashboardData, shown: readonly Metric[], format: Format): Markup {
  const [before, last, running] = weeks.slice(-3) as [Span, Span, Span];
  const rows = shown.map((metric) => {
    const [a, b, c, same] = [before, last, running, sameDays].map(({ numbers }) => numbers[metric]) as [
      number | null,
      number | null,
      number | null,
      number | null,
    ];
    const cell = (value: number | null) => html`<td>${written(metric, value, format)}</td>`;
    return html`<tr><th scope="row">${named[metric].title}</th><td class="now">${written(metric, c, format)}</td>${cell(same)}<td>${change(metric, same, c, format)}</td>${cell(b)}${cell(a)}<td>${change(metric, a, b, format)}</td></tr>`;
  });
  const days = weekdays(running);
  const head = [
    html`This week<br>${days} so far`,
    html`Last week<br>${days}`,
    "Change",
    html`Last week<br>whole${!last.final && ", not final"}`,
    html`Week before<br>whole${!before.final && ", not final"}`,
    "Change",
  ].map((one) => html`<th scope="col">${one}</th>`);
  return html`<table class="compared"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}

function byWeek(weeks: readonly Span[], shown: readonly Metric[], format: Format): Markup {
  const rows = weeks.toReversed().map((week) => {
    const cells = shown.map((metric) => html`<td>${written(metric, week.numbers[metric], format)}</td>`);
    return html`<tr><th scope="row">${daysOf(week)}${!week.final && html` <span class="open">not final</span>`}</th>${cells}</tr>`;
  });
  const head = shown.map((metric) => html`<th scope="col">${named[metric].title}</th>`);
  return html`<table class="weeks"><thead><tr><th scope="col" class="text">Week</th>${head}</tr></thead><tbody>${rows}</tbody></table>`;
}

const drawn = ["leads", "first_response_median_minutes", "contacts", "views"] as const satisfies Metric[];

/** Bars of eight weeks, the running one hollow; none where nothing was measured. */
function chart(metric: Metric, weeks: readonly Span[], accent: string, format: Format): Markup | undefined {
  const values = weeks.map(({ numbers }) => numbers[metric]);
  if (values.every((value) => !value)) return undefined;
  const { title, as } = named[metric];
  const unit = as === "time" ? " in minutes" : "";
  return figure(
    `${title} by week`,
    `${title}${unit}, ${weeks.length} weeks by their Mondays. Dashed: the running week. The numbers stand under “Week by week”.`,
    {
      xAxis: { ...axis("category", ""), data: weeks.map(({ from }) => dayOf(from)) },
      yAxis: { ...axis("value", "", (value) => format.number(Number(value))), minInterval: 1 },
      series: [
        bars(
          values.map((value) => value && Math.round(value)),
          weeks.length - 1,
          accent,
        ),
      ],
    },
  );
}
