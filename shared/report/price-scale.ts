import type { Analysis } from "../domain/cma/analysis.ts";
import type { Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";

const [left, right] = [70, 650];

/** The range on a scale: four sales of five within the thin bar, half of them within the thick one; the asking price above. */
export function priceScale(
  {
    suggested_price,
    range,
    middle_range,
    asking_price,
  }: Pick<Analysis, "suggested_price" | "range" | "middle_range" | "asking_price">,
  format: Format,
): Markup {
  const shown = [range.low, range.high, ...(asking_price ? [asking_price] : [])];
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const x = (amount: number) => n(left + ((right - left) * (amount - least)) / (most - least || 1));
  const bar = (from: number, to: number, y: number, height: number, kind: string) =>
    html`<rect x="${x(from)}" y="${y}" width="${n(x(to) - x(from))}" height="${height}" rx="${height / 2}" class="${kind}"/>`;
  const said = asking_price ? `, asking price ${format.money(asking_price)}` : "";
  return html`<svg class="scale" viewBox="0 0 720 ${asking_price ? 138 : 104}" role="img" aria-label="Four in five sales between ${format.money(range.low)} and ${format.money(range.high)}, half of them between ${format.money(middle_range.low)} and ${format.money(middle_range.high)}, suggested ${format.money(suggested_price)}${said}">
<g transform="translate(0 ${asking_price ? 34 : 0})">
${bar(range.low, range.high, 40, 8, "wide")}
${bar(middle_range.low, middle_range.high, 35, 18, "narrow")}
${[range.low, range.high].map((end) => outer(x(end), asking_price ? x(asking_price) : undefined, format.money(end)))}
${crowded(middle_range, x) ? false : ends(middle_range, 72).map(([amount, y]) => text(x(amount), y, format.money(amount), "inner"))}
<path d="M${x(suggested_price)} 31v26" class="mark"/>
<path d="M${x(suggested_price)} 60l8 13h-16z" fill="#1c2430"/>
${text(x(suggested_price), 92, `Suggested ${format.money(suggested_price)}`, "said")}
</g>
${asking_price !== null && asking_price > 0 && html`<path d="M${x(asking_price)} 22V95" class="asking"/>${text(Math.min(right - 10, Math.max(left + 10, x(asking_price))), 14, `Asking ${format.money(asking_price)}`, "said")}`}
</svg>`;
}

const ends = ({ low, high }: { low: number; high: number }, y: number): [number, number][] => [
  [low, y],
  [high, y],
];

/** The range's end, beside the line of the asking price where that would cross it. */
function outer(x: number, line: number | undefined, words: string): Markup {
  if (line === undefined || Math.abs(line - x) > 42) return text(x, 24, words, "outer");
  const before = line >= x;
  const anchor = before ? "end" : "start";
  return html`<text x="${n(line + (before ? -8 : 8))}" y="24" class="outer" style="text-anchor:${anchor}">${words}</text>`;
}

/** The middle's ends stand beside the suggestion only where there is room for three amounts. */
const crowded = ({ low, high }: { low: number; high: number }, x: (amount: number) => number) =>
  x(high) - x(low) < 270;

const text = (x: number, y: number, words: string, kind: string) =>
  html`<text x="${x}" y="${y}" class="${kind}">${words}</text>`;

const n = (value: number) => Number(value.toFixed(1));
