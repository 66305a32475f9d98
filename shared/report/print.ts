import { type Markup, trusted } from "../page/html.ts";

const mostLetters = 90;

/** Header and footer of a printed page: the brokerage's name and the page's number; a draft says so on every page. */
export function running(brokerage: string, approved: boolean): Markup {
  const type = `font: 7.5pt Inter, "Helvetica Neue", Arial, sans-serif; color: #555e6b`;
  return trusted(`
@page { size: portrait; margin: 15mm 14mm 17mm;
  @bottom-left { content: ${cssString(shortened(brokerage))}; ${type}; width: 85%; white-space: nowrap; }
  @bottom-right { content: counter(page) " / " counter(pages); ${type}; width: 15%; }
  ${approved ? "" : `@top-right { content: "Draft: not yet approved by a person"; ${type}; font-weight: 700; color: #1c2430; }`}
}
@page wide { size: landscape; margin: 13mm 12mm 15mm; }
@page cover { margin: 0; @bottom-left { content: none; } @bottom-right { content: none; } @top-right { content: none; } }
`);
}

/** A name that leaves the line room for the page's number. */
const shortened = (name: string) =>
  name.length > mostLetters ? `${name.slice(0, mostLetters - 1).trimEnd()}…` : name;

/** A text as a CSS string: whatever is neither letter, digit nor space is written by its code. */
export const cssString = (text: string): string =>
  `"${text.replace(/[^\p{L}\p{N} ]/gu, (character) => `\\${character.codePointAt(0)!.toString(16)} `)}"`;
