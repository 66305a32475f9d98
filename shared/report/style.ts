import { trusted } from "./html.ts";

/** One accent colour, the rest is type: legible in black and white, on A4 and Letter. */
export const style = trusted(`
:root { --ink: #1c2430; --quiet: #555e6b; --line: #d5dae0; --paper: #fff; }
* { box-sizing: border-box; }
html { font: 15px/1.5 "Source Serif 4", "Iowan Old Style", Charter, Georgia, serif; color: var(--ink); background: #eceef1; }
body { margin: 0 auto; max-width: 62rem; background: var(--paper); padding: 0 3.2rem 3rem; }
h1, h2, h3, th, .label, .facts dt, figcaption, .note { font-family: "Inter", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 2.3rem; line-height: 1.15; letter-spacing: -0.02em; margin: 0.4rem 0; text-wrap: balance; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 0.8rem; padding-top: 0.7rem; border-top: 2px solid var(--accent); break-after: avoid; }
h3 { font-size: 0.92rem; margin: 0 0 0.3rem; }
p { max-width: 44rem; margin: 0.5rem 0; }
header { padding: 3rem 0 1rem; }
.label { font-size: 0.75rem; letter-spacing: 0.08em; text-transform: uppercase; color: var(--quiet); }
.brokerage { font-weight: 700; color: var(--accent); font-size: 1rem; text-transform: none; letter-spacing: 0; }
.price { font-size: 2.8rem; font-weight: 700; font-variant-numeric: tabular-nums lining-nums; letter-spacing: -0.02em; margin: 0; }
.note { font-size: 0.8rem; color: var(--quiet); max-width: 44rem; }
.draft { border: 2px solid var(--ink); padding: 0.5rem 0.9rem; display: inline-block; font-weight: 700; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.7rem 1.5rem; margin: 1rem 0; }
.facts dt { font-size: 0.75rem; color: var(--quiet); } .facts dd { margin: 0; font-weight: 600; }
.photos { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.5rem; }
.photos img { width: 100%; aspect-ratio: 3/2; object-fit: cover; border-radius: 4px; }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 1.6rem 2rem; }
.map { max-width: 30rem; } svg { width: 100%; height: auto; display: block; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.82rem; font-variant-numeric: tabular-nums lining-nums; }
th, td { padding: 0.32rem 0.5rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th { font-size: 0.72rem; color: var(--quiet); font-weight: 600; } th[scope=row], td.text, th.text { text-align: left; }
tr.sum > * { border-top: 2px solid var(--ink); font-weight: 700; color: var(--ink); }
figure { margin: 0; break-inside: avoid; } figcaption { font-size: 0.75rem; color: var(--quiet); }
ol.advice { padding-left: 1.2rem; max-width: 44rem; } footer { margin-top: 2.5rem; border-top: 1px solid var(--line); }
@media (max-width: 46rem) { body { padding: 0 1.1rem 2rem; } .two { grid-template-columns: 1fr; } .photos { grid-template-columns: 1fr 1fr; } }
@page { margin: 16mm 14mm; }
@media print {
  html { background: #fff; font-size: 10.5pt; } body { padding: 0; max-width: none; }
  header { padding-top: 0; } .scroll { overflow: visible; } .grid table { font-size: 0.62rem; } .grid th { font-size: 0.58rem; }
  .grid th, .grid td { padding: 0.2rem 0.25rem; }
  tr, .facts, .photos { break-inside: avoid; } h2 { break-after: avoid; }
}
`);
