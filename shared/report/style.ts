import { trusted } from "../page/html.ts";

/** One accent colour, the rest is type: legible in black and white, on screens, A4 and Letter. */
export const style = trusted(`
:root { --ink: #1c2430; --quiet: #555e6b; --line: #d9dee4; --tint: #f4f5f7;
  --serif: "Source Serif 4", "Iowan Old Style", Charter, Georgia, serif; --sans: Inter, "Helvetica Neue", Arial, sans-serif; }
* { box-sizing: border-box; }
html { font: 16px/1.55 var(--serif); color: var(--ink); background: #e9ecef; -webkit-text-size-adjust: 100%; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { margin: 0 auto; max-width: 66rem; background: #fff; overflow-wrap: break-word; }
main, footer { padding: 0 3.5rem; } footer { padding-bottom: 3rem; }
h1, .price, .place { font-family: var(--serif); }
h2, h3, table, dl, .label, .note, .brokerage, .draft, .brief, .legend, figcaption, .colophon, .quiet, svg text { font-family: var(--sans); }
h1 { font-size: clamp(2rem, 5vw, 3.1rem); font-weight: 600; line-height: 1.08; letter-spacing: -0.018em; margin: 0; text-wrap: balance; }
h2 { font-size: 1.3rem; font-weight: 700; letter-spacing: -0.012em; line-height: 1.2; margin: 3.4rem 0 1rem; padding-top: 0.9rem; border-top: 3px solid var(--accent); }
h3 { font-size: 0.95rem; font-weight: 600; margin: 1.6rem 0 0.35rem; }
p { max-width: 42rem; margin: 0.5rem 0; text-wrap: pretty; }
dl { margin: 0; } dt { color: var(--quiet); font-size: 0.76rem; line-height: 1.35; } dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
a { color: inherit; text-underline-offset: 0.15em; }
.label { font-size: 0.74rem; font-weight: 600; letter-spacing: 0.09em; text-transform: uppercase; color: var(--quiet); margin: 0; }
.note { font-size: 0.8rem; color: var(--quiet); } .quiet { color: var(--quiet); font-size: 0.86em; }
.disclaimer { font-size: 0.9rem; border-left: 3px solid var(--ink); padding: 0.1rem 0 0.1rem 0.9rem; margin: 1.6rem 0; max-width: 46rem; }

.cover { border-top: 10px solid var(--brand); }
.masthead { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0.3rem 2rem; padding: 1.5rem 3.5rem; }
.brokerage { font-weight: 700; font-size: 1.15rem; letter-spacing: -0.01em; color: var(--accent); margin: 0; }
.picture { height: 25rem; background: var(--accent); overflow: hidden; } .picture img, .picture svg { width: 100%; height: 100%; object-fit: cover; display: block; }
.title { padding: 2.2rem 3.5rem 0; } .place { font-size: 1.25rem; margin: 0.6rem 0 0; } .brief { color: var(--quiet); font-size: 0.95rem; margin: 0.5rem 0 0; max-width: none; }
.draft { display: inline-block; border: 2px solid var(--ink); padding: 0.3rem 0.8rem; margin: 0 0 1.2rem; font-size: 0.85rem; }
.imprint { display: grid; grid-template-columns: 2fr 1fr 1fr; gap: 1rem 2rem; margin: 1.8rem 3.5rem 0; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 0.92rem; overflow-wrap: anywhere; }
.imprint a { font-weight: 400; }

.estimate { margin-top: 3rem; } .estimate > .lead { display: grid; grid-template-columns: 1.1fr 1fr; gap: 1.5rem 3rem; align-items: start; border-top: 3px solid var(--accent); padding-top: 1.1rem; }
h2.label { border: 0; padding: 0; margin: 0; }
.price { font-size: clamp(2.6rem, 7.5vw, 4.2rem); font-weight: 600; line-height: 1.1; letter-spacing: -0.025em; font-variant-numeric: lining-nums tabular-nums; margin: 0.1rem 0 0; overflow-wrap: anywhere; }
.key { display: grid; gap: 0.7rem; } .key dd { font-size: 1.05rem; } .to { font-weight: 400; color: var(--quiet); font-size: 0.86em; }
.scale { max-width: 46rem; margin: 1.8rem 0 0.4rem; }
.advice, .reasons { max-width: 42rem; padding-left: 1.3rem; margin: 0.4rem 0; } .advice li, .reasons li { margin: 0.4rem 0; } .advice li::marker { font-family: var(--sans); font-weight: 700; color: var(--accent); }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: 1rem 1.5rem; } .facts dd { font-size: 1.15rem; }
.photos { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0.6rem; margin-top: 1.4rem; }
.photos img { width: 100%; aspect-ratio: 3/2; object-fit: cover; border-radius: 3px; display: block; background: var(--tint); }

svg { width: 100%; height: auto; display: block; }
.around { display: grid; grid-template-columns: minmax(0, 30rem) minmax(13rem, 1fr); gap: 2rem; align-items: start; margin-bottom: 1.6rem; }
.legend { font-size: 0.9rem; } .keys { list-style: none; padding: 0; margin: 1rem 0; } .keys li { display: flex; align-items: center; gap: 0.6rem; margin: 0.35rem 0; }
.k { width: 0.9rem; height: 0.9rem; border-radius: 50%; flex: none; } .k.home { background: var(--ink); border-radius: 0; transform: rotate(45deg) scale(0.8); } .k.comp { background: var(--accent); } .k.other { background: #97a0ac; transform: scale(0.45); }
.ground { fill: var(--tint); } .cross { stroke: #e3e7eb; fill: none; } .ring { fill: none; stroke: #b4bcc6; stroke-dasharray: 3 4; } .tag { fill: var(--tint); }
.miles, .north, .number { font-size: 12px; text-anchor: middle; fill: var(--quiet); } .north { font-weight: 700; fill: var(--ink); }
.other { fill: #a9b1bc; } .tie { stroke: var(--ink); fill: none; } .place { fill: var(--ink); } .comp { fill: var(--accent); stroke: #fff; stroke-width: 1.5; } .home { fill: var(--ink); stroke: #fff; stroke-width: 2; } .number { fill: #fff; font-weight: 700; }
.scale text { font-size: 13px; text-anchor: middle; fill: var(--quiet); font-variant-numeric: tabular-nums; } .scale .said { fill: var(--ink); font-weight: 700; }
.scale .wide { fill: #c3c9d1; } .scale .narrow { fill: var(--accent); } .mark { stroke: #fff; stroke-width: 3; } .asking { stroke: var(--ink); stroke-width: 2; stroke-dasharray: 4 3; }

.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; }
table { border-collapse: collapse; width: 100%; font-size: 0.83rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
th, td { padding: 0.42rem 0.55rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
thead th, thead td { font-size: 0.74rem; color: var(--quiet); font-weight: 600; border-bottom: 1.5px solid var(--ink); vertical-align: bottom; }
th[scope=row] { font-weight: 400; text-align: left; } td.text, th.text { text-align: left; }
.summary td { white-space: nowrap; } .summary tbody > tr > * { vertical-align: baseline; } .summary th[scope=row] { min-width: 11rem; } 
.no { display: inline-block; min-width: 1.75em; height: 1.75em; line-height: 1.75em; margin-right: 0.55em; border-radius: 1em; background: var(--accent); color: #fff; font-weight: 700; font-size: 0.9em; text-align: center; }
.sum > * { border-top: 1.5px solid var(--ink); font-weight: 700 !important; } .sum .note { font-weight: 400 !important; padding-left: 0.8em !important; }
.columns { min-width: calc(8rem + var(--columns) * 6.4rem); } .columns thead th { text-align: right; } .columns .no { margin: 0 0 0.3em; } .columns .address { display: block; font-weight: 400; overflow-wrap: anywhere; }
.columns th:first-child { min-width: 8.5rem; } .columns th:first-child, .columns td:first-child { position: sticky; left: 0; background: #fff; z-index: 1; } .own { background: var(--tint); font-weight: 600; }
.columns .has { display: block; color: var(--quiet); } .plain { list-style: none; margin: 0; padding: 0; } .reason { min-width: 14rem; }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 2.2rem 2.4rem; margin-bottom: 2rem; } .said:nth-child(odd) { grid-column: 1 / -1; } .said p:first-child { margin-top: 0; } figure { margin: 0; } figure h3 { margin: 0 0 0.4rem; } figcaption { font-size: 0.76rem; color: var(--quiet); margin-top: 0.3rem; line-height: 1.4; }
footer { margin-top: 3.5rem; } .colophon { font-size: 0.76rem; color: var(--quiet); border-top: 1px solid var(--line); padding-top: 0.8rem; max-width: none; }

@media screen and (max-width: 46rem) {
  main, footer { padding: 0 1.2rem; } .masthead { padding: 1.1rem 1.2rem; } .title { padding: 1.4rem 1.2rem 0; } .imprint { margin: 1.4rem 1.2rem 0; grid-template-columns: 1fr 1fr; } .imprint div:first-child { grid-column: 1 / -1; }
  .picture { height: 15rem; } .estimate > .lead, .around, .charts { grid-template-columns: minmax(0, 1fr); } .photos { grid-template-columns: 1fr 1fr; } .scale { overflow: visible; } .scale text { font-size: 21px; } .scale .inner { display: none; } .legend { order: 2; }
}
@media print {
  html { font-size: 9.6pt; line-height: 1.45; background: none; } body { max-width: none; } main, footer { padding: 0; } .scroll { overflow: visible; }
  .cover { page: cover; height: 100vh; display: flex; flex-direction: column; border-top-width: 7mm; break-after: page; }
  .masthead, .title { padding-left: 18mm; padding-right: 18mm; } .masthead { padding-top: 9mm; padding-bottom: 9mm; } .picture { flex: 1; height: auto; min-height: 0; } .title { padding-top: 11mm; } h1 { font-size: 31pt; } .place { font-size: 14pt; } .brief { font-size: 10.5pt; }
  .imprint { margin: 9mm 18mm 0; padding: 5mm 0 16mm; font-size: 10pt; }
  h2 { margin-top: 9mm; font-size: 14pt; break-after: avoid; } h3 { break-after: avoid; } .wide > h2, .comparables > h2, .market > h2, .market + section > h2 { margin-top: 0; }
  .estimate { margin-top: 0; } .price { font-size: 42pt; } p { orphans: 3; widows: 3; }
  .facts { grid-template-columns: repeat(auto-fill, minmax(22mm, 1fr)); gap: 3mm; } .photos { margin-top: 5mm; gap: 3mm; }
  .wide { page: wide; break-before: page; } .wide > p { max-width: none; } .comparables, .market, .market + section { break-before: page; } .subject { break-inside: avoid; } .columns { min-width: 0; max-width: calc(74pt + var(--columns) * 90pt); table-layout: fixed; font-size: var(--type); } .columns thead th { font-size: 1em; } .columns th, .columns td { padding: 0.32em 2pt; } .columns th:first-child, .columns td:first-child { width: 74pt; position: static; font-size: max(var(--type), 7pt); padding-left: 0; }
  thead { display: table-header-group; } tr, figure, .facts > div, .photos img, .around, .lead, .advice li, dl > div { break-inside: avoid; }
  table { font-size: 8pt; } thead th, thead td { font-size: 7.4pt; } .around { grid-template-columns: 105mm 1fr; gap: 7mm; } .charts { gap: 6mm 8mm; }
  .scale { max-width: none; } a { text-decoration: none; }
}
`);
