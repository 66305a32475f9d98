import type { Analysis, Change, Difference } from "../domain/cma/analysis.ts";
import { counted, type Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { region } from "../page/region.ts";
import { factOf } from "./names.ts";

const kinds = { excluded: "Left out", pinned: "Kept in", corrected: "Corrected" } as const;

/**
 * What the agent changed and why, and the difference to the analysis before; nothing where there is neither, as in an
 * analysis that was stored before there were revisions.
 */
export function changed(
  { changes = [], difference, comps, suggested_price }: Analysis,
  format: Format,
): Markup | false {
  if (changes.length === 0 && !difference) return false;
  return html`<section>${changes.length > 0 && html`<h2>What the agent changed</h2>${region("What the agent changed", table(changes, format))}`}
${difference && html`<h${changes.length > 0 ? 3 : 2}>Since the last analysis</h${changes.length > 0 ? 3 : 2}>${since(difference, suggested_price, comps, format)}`}</section>`;
}

function table(changes: readonly Change[], format: Format): Markup {
  const rows = changes.map((change) => {
    const { kind, label, from, to, reason } = change;
    const values =
      kind === "corrected" ? [from, to].map((value) => written(change, value, format)) : ["–", "–"];
    return html`<tr><th scope="row">${kinds[kind]}</th><td class="text">${label}</td>${values.map((value) => html`<td class="text">${value}</td>`)}<td class="text">${reason ?? "–"}</td></tr>`;
  });
  return html`<table><thead><tr><th scope="col" class="text">Change</th><th scope="col" class="text">What</th><th scope="col" class="text">From</th><th scope="col" class="text">To</th><th scope="col" class="text">Reason</th></tr></thead><tbody>${rows}</tbody></table>`;
}

/** A fact as in the tables, an amount of the grid as in the grid. */
function written({ path }: Change, value: Change["from"], format: Format): string {
  if (value === null) return "not known";
  if (path.includes("/adjustments/")) return format.change(Number(value));
  return factOf(path.split("/").at(-1)!, value, format);
}

function since(difference: Difference, price: number, comps: Analysis["comps"], format: Format): Markup {
  const { effective_date, suggested_price, change, change_percent, comps_added, comps_removed } = difference;
  const moved =
    change === 0
      ? `unchanged at ${format.money(price)}`
      : `${change > 0 ? "up" : "down"} ${format.money(Math.abs(change))} (${format.percent(Math.abs(change_percent), 1)}) from ${format.money(suggested_price)} to ${format.money(price)}`;
  const numbers = comps.flatMap(({ sale }, at) => (comps_added.includes(sale.id) ? [at + 1] : []));
  const added = numbers.length > 0 ? `New among the comparables: ${numbers.join(", ")}. ` : "";
  const removed =
    comps_removed.length > 0 ? `No longer among them: ${counted(comps_removed.length, "sale")}.` : "";
  return html`<p>Against the analysis as of ${format.date(effective_date)} the suggested price is ${moved}. ${added}${removed}</p>`;
}
