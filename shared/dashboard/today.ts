import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import { type DashboardData, leadDays, mostListings, quietDays, type Waiting } from "./data.ts";
import { since } from "./words.ts";

/** What needs a person today: three lists, the longest wait first. What the reader may not read is left out. */
export function today({ leads, tasks, listings, now }: DashboardData): Markup {
  return html`<section aria-labelledby="today"><h2 id="today">What needs a person today</h2><div class="lists">
${leads && list("Unanswered leads", `Came in the last ${leadDays} days, and nobody has written, called or met them.`, leads, ["Who", "Source", "Agent", "Waits"], ({ name, source, agent, since: at }) => [name, source, agent, since(at, now)])}
${tasks && list("Overdue tasks", "Past their due date and not finished.", tasks, ["Task", "Priority", "Whose", "Overdue by"], ({ title, priority, agent, due }) => [title, priority, agent, since(due, now)])}
${listings && list("Listings without activity", `Active, and for ${quietDays} days nobody has looked at them, noted them, sent them on or asked for them. Of the ${mostListings} that have been here longest.`, listings, ["Listing", "Agent", "Here for"], ({ title, agent, since: at }) => [title, agent, since(at, now)])}
</div></section>`;
}

function list<One>(
  title: string,
  about: string,
  { items, more }: Waiting<One>,
  columns: readonly string[],
  cells: (one: One) => readonly string[],
): Markup {
  const rows = items.map((one) => {
    const [first, ...others] = cells(one);
    return html`<tr><th scope="row">${first}</th>${others.map((cell, at) => html`<td class="${at === others.length - 1 ? "" : "text"}">${cell}</td>`)}</tr>`;
  });
  const head = columns.map(
    (column, at) => html`<th scope="col" class="${at === columns.length - 1 ? "" : "text"}">${column}</th>`,
  );
  const table = html`<table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>`;
  return html`<div class="list"><h3>${title} <span class="count">${items.length}${more && " or more"}</span></h3><p class="note">${about}</p>
${items.length > 0 ? region(title, table) : html`<p class="done">None.</p>`}</div>`;
}
