import * as fc from "fast-check";

const [firstHalf, halves] = [0xd800, 0x800];

/**
 * Any code point that is no half of a pair, as text. fast-check's own ("binary") first lists all 1.1 million of them, which
 * takes a second, to see which dangerous words it can spell.
 */
export const codePoint = fc
  .nat(0x10ffff - halves)
  .map((at) => String.fromCodePoint(at < firstHalf ? at : at + halves), placeOf);

export const anyText = fc.string({ unit: codePoint });

/** The number that a code point was made from; throws where it is none. */
function placeOf(text: unknown): number {
  const [one = "", ...more] = String(text);
  const at = one.codePointAt(0) ?? -1;
  if (more.length > 0 || at < 0 || (at >= firstHalf && at < firstHalf + halves))
    throw new Error("Not one code point");
  return at < firstHalf ? at : at - halves;
}
