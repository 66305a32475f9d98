import type { Analysis } from "../domain/cma/analysis.ts";
import type { Sale } from "../domain/cma/sale.ts";
import { kmPerMile } from "../domain/geo.ts";
import { html, type Markup } from "../page/html.ts";
import { offsetFrom, ringMiles, spread } from "./places.ts";

const size = 440;
const middle = size / 2;
const marker = 24;

/**
 * A map without tiles: the home in the middle, north up, rings in miles, the comparables numbered as in the tables
 * (moved apart where they would cover each other, a line to where they are), the other sales as dots.
 */
export function map({ subject, comps }: Pick<Analysis, "subject" | "comps">, sales: readonly Sale[]): Markup {
  const places = comps.map(({ sale }) => offsetFrom(subject, sale));
  const reach = Math.max(0.4, ...places.map(({ east, north }) => Math.hypot(east, north))) * 1.12;
  const scale = (middle - 16) / reach;
  const at = ({ east, north }: { east: number; north: number }) => ({
    x: middle + east * scale,
    y: middle - north * scale,
  });
  const exact = places.map(at);
  const shown = spread(exact, { x: middle, y: middle }, marker, size);
  const inGrid = new Set(comps.map(({ sale }) => sale.id));
  const others = sales
    .filter(({ id }) => !inGrid.has(id))
    .map((sale) => at(offsetFrom(subject, sale)))
    .filter(({ x, y }) => x > 4 && y > 4 && x < size - 4 && y < size - 4);
  return html`<svg class="map" viewBox="0 0 ${size} ${size}" role="img" aria-label="Map, north up: this home in the middle and ${comps.length} comparables around it, numbered as in the table">
<rect width="${size}" height="${size}" rx="8" class="ground"/>
<path d="M${middle} 8V${size - 8}M8 ${middle}H${size - 8}" class="cross"/>
${others.map(({ x, y }) => html`<circle cx="${n(x)}" cy="${n(y)}" r="2.6" class="other"/>`)}
${ringMiles(reach).map((miles) => ring(miles, miles * kmPerMile * scale))}
${shown.map((spot, i) => html`<path d="M${n(spot.x)} ${n(spot.y)}L${n(exact[i]!.x)} ${n(exact[i]!.y)}" class="tie"/><circle cx="${n(exact[i]!.x)}" cy="${n(exact[i]!.y)}" r="3" class="place"/>`)}
<path d="M${middle} ${middle - 13}l13 13-13 13-13-13z" class="home"/>
${shown.map(({ x, y }, i) => html`<circle cx="${n(x)}" cy="${n(y)}" r="11" class="comp"/><text x="${n(x)}" y="${n(y + 4)}" class="number">${i + 1}</text>`)}
<g transform="translate(${size - 26} 34)"><path d="M0-20l7 18-7-4.5-7 4.5z" fill="#1c2430"/><text y="14" class="north">N</text></g>
</svg>`;
}

function ring(miles: number, radius: number): Markup {
  const label = `${miles} mi`;
  const width = label.length * 6.6 + 8;
  return html`<circle cx="${middle}" cy="${middle}" r="${n(radius)}" class="ring"/>
<rect x="${n(middle - width / 2)}" y="${n(middle + radius - 9)}" width="${width}" height="18" rx="9" class="tag"/>
<text x="${middle}" y="${n(middle + radius + 4)}" class="miles">${label}</text>`;
}

/** The neighbourhood as a picture for a cover without a photo: every sale looked at as a dot around the home. */
export function coverMap(
  { subject, comps }: Pick<Analysis, "subject" | "comps">,
  sales: readonly Sale[],
): Markup {
  const [width, height] = [800, 560];
  const far = comps
    .map(({ sale }) => offsetFrom(subject, sale))
    .map(({ east, north }) => Math.hypot(east, north));
  const reach = Math.max(0.4, ...far) * 1.1;
  const scale = (height * 0.62) / reach;
  const inGrid = new Set(comps.map(({ sale }) => sale.id));
  const dots = sales
    .map((sale) => ({ ...offsetFrom(subject, sale), comp: inGrid.has(sale.id) }))
    .map(({ east, north, comp }) => ({ x: width / 2 + east * scale, y: height / 2 - north * scale, comp }))
    .filter(({ x, y }) => x > 0 && y > 0 && x < width && y < height);
  return html`<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
${ringMiles(reach * 1.6).map((miles) => html`<circle cx="${width / 2}" cy="${height / 2}" r="${n(miles * kmPerMile * scale)}" fill="none" stroke="#fff" stroke-opacity=".28" stroke-width="1"/>`)}
${dots.map(({ x, y, comp }) => html`<circle cx="${n(x)}" cy="${n(y)}" r="${comp ? 7 : 3.4}" fill="#fff" fill-opacity="${comp ? ".95" : ".42"}"/>`)}
<path d="M${width / 2} ${height / 2 - 20}l20 20-20 20-20-20z" fill="#fff" stroke="#1c2430" stroke-width="3"/>
</svg>`;
}

const n = (value: number) => Number(value.toFixed(1));
