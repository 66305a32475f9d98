import type { Analysis } from "../domain/cma/analysis.ts";
import { kmPerMile } from "../domain/geo.ts";
import type { Format } from "./format.ts";
import { html, type Markup } from "./html.ts";

const kmPerDegree = 111.195;

/** A map without tiles: the home in the middle, the comparables numbered as in the grid, rings in miles, north up. */
export function map({ subject, comps }: Pick<Analysis, "subject" | "comps">): Markup {
  const size = 520;
  const middle = size / 2;
  const eastward = Math.cos((subject.lat * Math.PI) / 180);
  const places = comps.map(({ sale }) => ({
    east: (sale.lon - subject.lon) * kmPerDegree * eastward,
    north: (sale.lat - subject.lat) * kmPerDegree,
  }));
  const reach = Math.max(0.4, ...places.map(({ east, north }) => Math.hypot(east, north))) * 1.15;
  const scale = (middle - 14) / reach;
  const ring = ringMiles(reach / kmPerMile);
  const rings = [1, 2, 3].map((times) => times * ring).filter((radius) => radius * kmPerMile < reach);
  return html`<svg class="map" viewBox="0 0 ${size} ${size}" role="img" aria-label="Map of the home and its comparables">
  <rect width="${size}" height="${size}" rx="6" fill="#f4f5f7"/>
  ${rings.map((radius) => {
    const pixels = radius * kmPerMile * scale;
    return html`<circle cx="${middle}" cy="${middle}" r="${pixels.toFixed(1)}" fill="none" stroke="#b9c0c9" stroke-dasharray="3 4"/>
    <text x="${middle}" y="${(middle - pixels - 4).toFixed(1)}" text-anchor="middle" font-size="11" fill="#555e6b">${radius} mi</text>`;
  })}
  ${places.map(({ east, north }, at) => {
    const [x, y] = [middle + east * scale, middle - north * scale];
    return html`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="11" fill="var(--accent)" stroke="#fff" stroke-width="1.5"/>
    <text x="${x.toFixed(1)}" y="${(y + 4).toFixed(1)}" text-anchor="middle" font-size="11" font-weight="700" fill="#fff">${at + 1}</text>`;
  })}
  <path d="M${middle} ${middle - 12}l12 12-12 12-12-12z" fill="#1c2430" stroke="#fff" stroke-width="2"/>
  <text x="${size - 16}" y="22" text-anchor="middle" font-size="12" fill="#555e6b">N ↑</text>
</svg>`;
}

const ringMiles = (reach: number) =>
  [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50].findLast((step) => step <= reach / 1.3) ?? 0.1;

/** The range on a scale: four sales of five within the thin bar, every second within the thick one. */
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
  const margin = (most - least) * 0.08 || 1;
  const x = (amount: number) =>
    (20 + (680 * (amount - least + margin)) / (most - least + 2 * margin)).toFixed(1);
  const width = (from: number, to: number) => (Number(x(to)) - Number(x(from))).toFixed(1);
  const label = (amount: number, y: number, text: string, weight = 400) =>
    html`<text x="${x(amount)}" y="${y}" text-anchor="middle" font-size="13" font-weight="${weight}" fill="#1c2430">${text}</text>`;
  return html`<svg class="scale" viewBox="0 0 720 112" role="img" aria-label="Price range from ${format.money(range.low)} to ${format.money(range.high)}, suggested ${format.money(suggested_price)}${asking_price ? `, asking ${format.money(asking_price)}` : ""}">
  <rect x="${x(range.low)}" y="50" width="${width(range.low, range.high)}" height="6" rx="3" fill="#c3c9d1"/>
  <rect x="${x(middle_range.low)}" y="46" width="${width(middle_range.low, middle_range.high)}" height="14" rx="4" fill="var(--accent)"/>
  <path d="M${x(suggested_price)} 66l9 14h-18z" fill="#1c2430"/>
  ${label(suggested_price, 98, `Suggested ${format.money(suggested_price)}`, 700)}
  ${label(range.low, 38, format.money(range.low))}
  ${label(range.high, 38, format.money(range.high))}
  ${asking_price && html`<line x1="${x(asking_price)}" x2="${x(asking_price)}" y1="22" y2="64" stroke="#1c2430" stroke-width="2" stroke-dasharray="4 3"/>${label(asking_price, 16, `Asking ${format.money(asking_price)}`)}`}
</svg>`;
}
