import type { Span } from "./finding.ts";
import { leveled } from "./reading.ts";

/** A place, brand or other name that a text mentions. */
export interface Name {
  readonly name: string;
  readonly span: Span;
  /** A state's code behind it: Bellevue, WA. */
  readonly state: string | null;
}

const list = (words: string) => new Set(words.split(" "));
/** Words that are written large without being the name of a place. */
const common = list(
  "i i'm i'd i'll i've mls hoa adu dadu hvac ev rv ac wifi wi-fi tv led usb uv dr mr mrs ms ok pm am sqft sq ft usa us u.s. american " +
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun " +
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec " +
    "spring summer fall autumn winter christmas thanksgiving easter " +
    "craftsman tudor victorian colonial cape cod ranch rambler bungalow contemporary edwardian georgian mediterranean spanish french " +
    "italian english japanese dutch mid-century modern midcentury art deco northwest pacific pnw queen-anne " +
    "open house equal housing opportunity fair realtor realtors broker agent bedroom bedrooms bath baths bathroom bathrooms " +
    "home homes kitchen living dining primary suite master garage welcome come see call text email schedule tour today this the a an new " +
    "no not and or but with for of in on at to from by as it its you your we our they their he she his her is are was were be " +
    "beautiful stunning charming gorgeous lovely spacious bright light-filled light sunny updated classic quiet great original " +
    "enjoy discover step inside outside upstairs downstairs located nestled set built priced offered asking listed just sold close near walk " +
    "minutes steps main floor level lower upper entry yard backyard deck patio view views lot square feet acre acres year price " +
    "three two four five six one seven eight nine ten fully nearly about over more features includes offers boasts perfect ideal don't " +
    "hardwood hardwoods fireplace pool basement pets corian formica pex romex energy star nest ring dog bring here there all every each " +
    "condo townhouse townhome house land duplex unit property listing neighborhood city lake park street avenue thanks thank hi hello dear best regards sincerely subject",
);
const leads =
  /(?:^|[\s(])(?:in|near|to|from|of|at|around|outside|beyond|between|into|toward|towards|overlooking|by|through|off|on|across|behind|above|along|the|historic|north|south|east|west|central|downtown|upper|lower|and)\s$/i;
const large = "(?:(?:St|Mt|Ft)\\.|\\p{Lu}[\\p{L}'-]*)";
const capital = new RegExp(`(?<![\\p{L}\\p{N}'])${large}(?:\\s(?:(?:of|the|de|la|del)\\s)?${large})*`, "gu");

/** The names in a text. In lines where most words are written large nothing tells a name from others: they are passed over. */
export function namesIn(text: string): Name[] {
  const plain = leveled(text);
  const found: Name[] = [];
  let at = 0;
  for (const line of plain.split("\n")) {
    const names = [...line.matchAll(capital)].flatMap((match) => namesOf(match, line, at));
    // A state behind it shows a name even where every word is written large.
    found.push(...(isTitle(line) ? names.filter(({ state }) => state !== null) : names));
    at += line.length + 1;
  }
  return found;
}

function isTitle(line: string): boolean {
  const words = line.match(/\p{L}[\p{L}'-]{3,}/gu) ?? [];
  return words.length >= 4 && words.filter((word) => /^\p{Lu}/u.test(word)).length > words.length * 0.7;
}

function namesOf(match: RegExpExecArray, line: string, offset: number): Name[] {
  let start = match.index;
  let words = match[0].replace(/('s|\.)$/, "").split(" ");
  const before = line.slice(Math.max(0, start - 16), start);
  const begins = /^\s*(?:[-*•"]\s*)?$/.test(line.slice(0, start)) || /[.!?:]["')]?\s+$/.test(before);
  if (/(?:^|[.!?\s])(?:hi|hello|hey|dear|thanks|best|regards|sincerely|cheers),?\s$/i.test(before)) return [];
  const drop = () => {
    start += words[0]!.length + 1;
    words = words.slice(1);
  };
  while (words.length > 0 && isCommon(words[0]!)) drop();
  const dropped = start > match.index;
  while (
    words.length > 0 &&
    isCommon(words.at(-1)!) &&
    !/^(lake|park|house|city|street|avenue|heights|hill)$/i.test(words.at(-1)!)
  )
    words = words.slice(0, -1);
  const coded = words.length > 1 && /^[A-Z]{2}$/.test(words.at(-1)!) ? words.pop()! : undefined;
  if (words.length === 0) return [];
  const name = words.join(" ");
  const end = start + name.length;
  const after = line.slice(end, end + 40);
  const state = coded ?? /^,\s([A-Z]{2})(?![A-Za-z])/.exec(after)?.[1] ?? null;
  // A sentence's first word is large whatever it is: a name only with a state behind it.
  if (begins && !dropped && words.length === 1 && state === null) return [];
  if (/^[A-Z]{2,5}$/.test(name) && !leads.test(line.slice(Math.max(0, start - 16), start))) return [];
  return [{ name, span: [offset + start, offset + end], state }];
}

/** "Top-floor" at the beginning of a sentence is no name. */
const isCommon = (word: string) =>
  /^\p{Lu}[\p{Ll}]+-\p{Ll}/u.test(word) || common.has(word.toLowerCase().replace(/'s$|[.,]$/, ""));
