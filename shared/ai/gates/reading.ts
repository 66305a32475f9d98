import type { Span } from "./finding.ts";

const same: Readonly<Record<string, string>> = {
  ...{
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
  },
  ...{
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": ",",
    "\u2212": "-",
    "\u00d7": "x",
  },
};

/** A text of the same length and offsets, with plain spaces, quotes, dashes and full-width characters made ASCII. */
export const leveled = (text: string): string =>
  text
    .replace(
      /[\u00a0\u202f\u2009\u2010-\u2014\u2018\u2019\u201c\u201d\u2212\u00d7]/g,
      (one) => same[one] ?? one,
    )
    .replace(/[\uff01-\uff5e]/g, (one) => String.fromCharCode(one.charCodeAt(0) - 0xfee0))
    .replace(/\t/g, " ");

/** The sentence around an offset: a full stop counts when space follows it. */
export function sentenceAt(text: string, at: number): Span {
  const before = text.slice(Math.max(0, at - 400), at);
  const after = text.slice(at, at + 400);
  const ends = [...before.matchAll(/[.!?](?=\s)|\n/g)];
  const last = ends.at(-1);
  const start = last ? at - before.length + last.index + 1 : at - before.length;
  const stop = /[.!?](?=\s|$)|\n/.exec(after);
  return [start, at + (stop?.index ?? after.length)];
}

/** Whether two spans share a character. */
export const overlap = (one: Span, other: Span): boolean => one[0] < other[1] && other[0] < one[1];
