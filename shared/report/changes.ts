import type { Analysis } from "../domain/cma/analysis.ts";
import type { Format } from "./format.ts";
import { html, type Markup } from "./html.ts";
import { counted } from "./names.ts";
import { region } from "./tables.ts";

/** One thing that the agent decided against the engine's choice. */
export interface Change {
  readonly kind: "excluded" | "pinned" | "corrected";
  readonly path: string;
  readonly label: string;
  readonly from: string | number | null;
  readonly to: string | number | null;
  readonly reason: string | null;
}

/** What changed since the analysis before; `suggested_price` is its price. */
export interface Difference {
  readonly cma_id: string;
  readonly effective_date: string;
  readonly suggested_price: number;
  readonly change: number;
  readonly change_percent: number;
  readonly comps_added: readonly string[];
  readonly comps_removed: readonly string[];
}

/** An analysis that an agent may have revised: one made before there were revisions lacks both. */
export type Revised = Analysis & {
  readonly changes?: readonly Change[];
  readonly difference?: Difference | null;
};

const kinds = { excluded: "Left out", pinned: "Kept in", corrected: "Corrected" } as const;

/** What the agent changed and why, and the difference to the analysis before; nothing where there is neither. */
export function changed(
  { changes = [], difference, comps, suggested_price }: Revised,
  format: Format,
): Markup | false {
  if (changes.length === 0 && !difference) return false;
  return html`<section>${changes.length > 0 && html`<h2>What the agent changed</h2>${region("What the agent changed", table(changes, format))}`}
${difference && html`<h${changes.length > 0 ? 3 : 2}>Since the last analysis</h${changes.length > 0 ? 3 : 2}>${since(difference, suggested_price, comps, format)}`}</section>`;
}

function table(changes: readonly Change[], format: Format): Markup {
  const value = (one: string | number | null) =>
    one === null ? "not known" : typeof one === "number" ? format.number(one, 2) : one;
  return html`<table><thead><tr><th scope="col" class="text">Change</th><th scope="col" class="text">What</th><th scope="col" class="text">From</th><th scope="col" class="text">To</th><th scope="col" class="text">Reason</th></tr></thead><tbody>
${changes.map(({ kind, label, from, to, reason }) => html`<tr><th scope="row">${kinds[kind]}</th><td class="text">${label}</td><td class="text">${kind === "corrected" ? value(from) : "–"}</td><td class="text">${kind === "corrected" ? value(to) : "–"}</td><td class="text">${reason ?? "none given"}</td></tr>`)}
</tbody></table>`;
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
