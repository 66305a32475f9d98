import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import { type DashboardData, leadDays, mostListings, quietDays, type Waiting } from "./data.ts";
import { since } from "./words.ts";

/** What needs a person today: three lists, the longest wait first. What the reader may not read is left out. */
export function today({ leads, tasks, listings, now }: DashboardData): Markup {
  const parts = [
    leads &&
      list(
        "Unanswered leads",
        `Came in the last ${leadDays} days, and nobody has written to, called or met them.`,
        ["Who", "Agent", "Waits"],
        leads,
        (lead) => [html`${lead.name}${small(lead.source)}`, lead.agent, since(lead.since, now)],
      ),
    tasks &&
      list(
        "Overdue tasks",
        "Past their due date and not finished.",
        ["Task", "Whose", "Overdue by"],
        tasks,
        (task) => [
          html`${task.title}${isPressing(task.priority) && small(task.priority)}`,
          task.agent,
          since(task.due, now),
        ],
      ),
    listings &&
      list(
        "Listings without activity",
        `Active, and for ${quietDays} days nobody has looked at them, noted them, sent them on or asked for them. ` +
          `Of the ${mostListings} that have been here longest.`,
        ["Listing", "Agent", "Here for"],
        listings,
        (listing) => [html`${listing.title}`, listing.agent, since(listing.since, now)],
      ),
  ];
  return html`<section><h2>What needs a person today</h2>
<div class="lists">${parts}</div></section>`;
}

const small = (words: string): Markup => html`<span class="note">${words}</span>`;
const isPressing = (priority: string) => priority === "high" || priority === "urgent";

/** A list under its title and count: of each what it is, whose it is, and how long it has waited. */
function list<One>(
  title: string,
  about: string,
  [what, whose, wait]: readonly [string, string, string],
  { items, more }: Waiting<One>,
  cells: (one: One) => readonly [Markup, string, string],
): Markup {
  const rows = items.map((one) => {
    const [name, agent, waited] = cells(one);
    return html`<tr><th scope="row">${name}</th><td class="text">${agent}</td><td>${waited}</td></tr>`;
  });
  const table = html`<table><thead><tr><th scope="col" class="text">${what}</th><th scope="col" class="text">${whose}</th><th scope="col">${wait}</th></tr></thead><tbody>${rows}</tbody></table>`;
  return html`<div class="list"><h3>${title} <span class="count">${items.length}${more && " or more"}</span></h3>
<p class="note">${about}</p>
${items.length > 0 ? region(title, table) : html`<p class="done">None.</p>`}</div>`;
}
