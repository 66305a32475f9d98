import { html, type Markup } from "../page/html.ts";
import type { DashboardData } from "./data.ts";

/** Whether there is nothing yet that a number could be made of. */
export const isEmpty = ({ weeks, leads, tasks, listings, pipeline }: DashboardData): boolean =>
  weeks.every(({ numbers }) => Object.values(numbers).every((value) => !value)) &&
  [leads, tasks, listings].every((one) => !one?.items.length) &&
  (pipeline ?? []).every(({ clients }) => clients === 0);

/** What to do first: the numbers come by themselves. */
export function firstSteps({ whose }: DashboardData): Markup {
  const steps =
    whose.kind === "office"
      ? [
          "Add your listings, or import them: their views, enquiries and closings are counted from then on.",
          "Invite your agents, and say in the lead routing who gets which enquiry.",
          "Give your website a key, so that it sends its enquiries here: each gets an agent, and a clock.",
          "Note emails, calls and meetings at the client: that is what an answer is counted by.",
        ]
      : [
          "Add a client, or take a lead: each counts from the day it came.",
          "Note emails, calls and meetings at the client: that is what an answer is counted by.",
          "Put a listing on the market: its views and enquiries stand here from then on.",
        ];
  return html`<section><h2>What to do first</h2>
<p>There is nothing to count yet. The numbers come by themselves, within minutes:</p>
<ol class="steps">${steps.map((step) => html`<li>${step}</li>`)}</ol>
<p>How each is done over the API: <a href="/docs">its documentation</a>.</p></section>`;
}
