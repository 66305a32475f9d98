import { drawn } from "../page/chart.ts";

/** The page's ground in the dark. */
export const darkGround = "#14181e";

/** The page's style: one accent colour, the reader's own type; light and dark, phone and paper. */
export const style = (accent: string, accentInTheDark: string): string => `
:root { color-scheme: light dark; --ground: #fff; --ink: ${drawn.ink}; --quiet: ${drawn.quiet}; --line: #d9dee4; --grid: ${drawn.grid}; --tint: #f4f5f7; --accent: ${accent}; }
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; color: var(--ink); background: var(--ground); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 74rem; padding: 1.5rem 2rem 3rem; overflow-wrap: break-word; }
header { border-top: 6px solid var(--accent); padding-top: 1rem; }
.brokerage { color: var(--accent); font-weight: 700; margin: 0; }
.brokerage, h1, nav, .note, .steps { overflow-wrap: anywhere; }
h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); line-height: 1.15; letter-spacing: -0.015em; margin: 0.2rem 0; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 0.8rem; padding-top: 0.7rem; border-top: 2px solid var(--accent); }
h3 { font-size: 0.95rem; margin: 1.3rem 0 0.2rem; }
p { margin: 0.4rem 0; max-width: 46rem; } .note, figcaption { color: var(--quiet); font-size: 0.8rem; }
a { color: inherit; text-underline-offset: 0.15em; }
nav { display: flex; flex-wrap: wrap; gap: 0.4rem 1.2rem; font-size: 0.9rem; margin-top: 0.6rem; }
.lists { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 0.6rem 2.2rem; align-items: start; }
.list { min-width: 0; } .count { display: inline-block; min-width: 1.7em; padding: 0 0.5em; margin-left: 0.3em; border-radius: 1em; background: var(--tint); text-align: center; font-variant-numeric: tabular-nums; }
.done { color: var(--quiet); }
.steps { max-width: 46rem; padding-left: 1.4rem; } .steps li { margin: 0.5rem 0; }
.scroll { overflow-x: auto; } :focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
table { border-collapse: collapse; width: 100%; font-size: 0.87rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
th, td { padding: 0.4rem 0.6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: baseline; font-weight: 400; }
th:first-child, td:first-child { padding-left: 0; text-align: left; } th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--quiet); font-size: 0.76rem; font-weight: 600; vertical-align: bottom; border-bottom: 1.5px solid var(--ink); } thead td { border-bottom: 1.5px solid var(--ink); }
th.text, td.text { text-align: left; } th[scope=row] { min-width: 8rem; overflow-wrap: anywhere; } td.text { min-width: 5rem; overflow-wrap: anywhere; } td { overflow-wrap: normal; } td .note, th .note { display: block; }
.compared td, .compared thead th { white-space: nowrap; } .now { font-weight: 700; font-size: 1.05rem; background: var(--tint); }
table.weeks td, table.weeks th[scope=row] { white-space: nowrap; }
.open { color: var(--quiet); font-size: 0.9em; font-style: italic; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.4rem 2.4rem; margin: 1.2rem 0; align-items: start; }
figure { margin: 0; min-width: 0; } figure h3 { margin-top: 0; } svg { display: block; width: 100%; max-width: 34rem; height: auto; } svg text { font-family: inherit; }
footer { margin-top: 2rem; } footer p { max-width: none; }
${Object.entries({
  ground: drawn.paper,
  ink: drawn.ink,
  quiet: drawn.quiet,
  line: drawn.faint,
  grid: drawn.grid,
  accent,
})
  .map(
    ([name, color]) =>
      `svg [fill="${color}"] { fill: var(--${name}); } svg [stroke="${color}"] { stroke: var(--${name}); }`,
  )
  .join("\n")}
@media screen and (prefers-color-scheme: dark) {
  :root { --ground: ${darkGround}; --ink: #e8ebef; --quiet: #a3adb9; --line: #3a424d; --grid: #262d36; --tint: #20262e; --accent: ${accentInTheDark}; }
}
@media screen and (max-width: 40rem) { body { padding: 1rem 1rem 2rem; } h2 { margin-top: 1.8rem; } th, td { padding: 0.4rem 0.35rem; } .compared thead th { white-space: normal; } .compared th[scope=row] { min-width: 5.5rem; } }
@media print {
  @page { margin: 14mm; }
  html { font-size: 9pt; } body { max-width: none; padding: 0; } .scroll { overflow: visible; } nav { display: none; } a { text-decoration: none; }
  h2 { break-after: avoid; } h3 { break-after: avoid; } tr, figure, .steps li { break-inside: avoid; } thead { display: table-header-group; }
  .charts { grid-template-columns: 1fr 1fr; } .lists { grid-template-columns: 1fr; } table { font-size: 8pt; } .compared td, .compared thead th { white-space: normal; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
