import type { Span } from "./finding.ts";
import { leveled } from "./reading.ts";

const short: Readonly<Record<string, string>> = {
  ...{
    street: "st",
    avenue: "ave",
    road: "rd",
    drive: "dr",
    lane: "ln",
    court: "ct",
    place: "pl",
    boulevard: "blvd",
  },
  ...{
    terrace: "ter",
    circle: "cir",
    parkway: "pkwy",
    highway: "hwy",
    north: "n",
    south: "s",
    east: "e",
    west: "w",
  },
  ...{
    northeast: "ne",
    northwest: "nw",
    southeast: "se",
    southwest: "sw",
    apartment: "apt",
    suite: "ste",
    trail: "trl",
  },
};

/** The words of a street line as they are compared: avenue is ave, north is n. */
export const addressWords = (line: string): string[] =>
  (
    leveled(line)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).map((word) => short[word] ?? word);

const kind =
  "(?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Court|Ct|Place|Pl|Way|Boulevard|Blvd|Terrace|Ter|Circle|Cir|Parkway|Pkwy|Highway|Hwy|Loop|Trail|Alley|Row|Square|Plaza|Path|Pike|Walk|Crescent|Broadway|Wharf)";
const side = "(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West|Northeast|Northwest|Southeast|Southwest)";
const street = new RegExp(
  `(?<![\\w$,.])\\d{1,6}[A-Z]?\\s(?:${side}\\.?\\s)?(?:(?:[A-Z][\\w'.-]*|\\d{1,3}(?:st|nd|rd|th))\\s){1,4}${kind}\\b\\.?(?:\\s${side}\\b)?(?:,?\\s(?:#|Unit\\s|Apt\\.?\\s|Suite\\s)[\\w-]+)?`,
  "g",
);

/** The street lines of a text: a house number, a name and a kind of street. */
export const addressesIn = (text: string): { readonly line: string; readonly span: Span }[] =>
  [...leveled(text).matchAll(street)].map(({ 0: line, index }) => ({
    line,
    span: [index, index + line.length],
  }));

/** Whether a street line says a record's: the whole of it, or all but its unit or side. */
export function saysAddress(said: string, known: string): boolean {
  const one = addressWords(said);
  const other = addressWords(known);
  return (
    one.length >= 2 && one.length >= other.length - 2 && one.every((word, index) => word === other[index])
  );
}
