import type { Span } from "./finding.ts";
import { leveled } from "./reading.ts";

/** A number as a text says it. */
export interface NumberSaid {
  readonly span: Span;
  readonly value: number;
  /** Digits after the point, as printed and before `scale`; undefined for words and fractions. */
  readonly decimals?: number;
  /** What a unit of its last printed digit is worth: 1000 for 725K, 10000 for 1.23 million. */
  readonly unit: number;
  readonly money: boolean;
  readonly percent: boolean;
  readonly inWords: boolean;
  /** 2nd, 3rd. */
  readonly ordinal: boolean;
}

const small = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
  "eighteen nineteen"
).split(" ");
const tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const worth = new Map<string, number>([
  ...small.map((word, value) => [word, value] as const),
  ...tens.flatMap((word, ten) => (word === "" ? [] : [[word, ten * 10] as const])),
  ["hundred", 100],
  ["thousand", 1000],
  ["million", 1_000_000],
  ["dozen", 12],
]);
const fractions: Readonly<Record<string, number>> = {
  ...{ "½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125 },
};
const scales: Readonly<Record<string, number>> = {
  ...{ k: 1000, thousand: 1000, m: 1e6, mm: 1e6, mil: 1e6, million: 1e6, billion: 1e9 },
};

const digits =
  /(?<![\w.])(?:(US\$|[$€£])\s?)?(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(\.\d+)?(?:\s?([½¼¾⅓⅔⅛])|[ -](\d)\/(\d)(?![\d/])|\sand\sa\s(half|quarter)(?!\w))?(?:\s?(k|m|mm|mil|thousand|million|billion)(?![a-z²\d])|(st|nd|rd|th)(?![a-z]))?(\s?%|\spercent)?/gi;
const fraction = /(?<![\w/.])(?:(\d)\/(\d)(?![\d/])|([½¼¾⅓⅔⅛]))/g;
const word = `(?:${[...worth.keys()].join("|")})`;
const inWords = new RegExp(
  `(?<![\\w'])${word}(?:[ -]+(?:and[ -]+)?${word}(?![\\w']))*(?![\\w'])(?:[ -]+and[ -]+(?:a[ -]+|one[ -]+)?(half|quarter)(?![\\w'])|[ -]+and[ -]+(three)[ -]+quarters?(?![\\w'])|[ -]+point[ -]+(${small.join("|")})(?:[ -]+(million|thousand))?(?![\\w']))?`,
  "gi",
);

const fractionInWords =
  /(?<![\w'])(?:(?:an?|one)[ -])?(half|quarter|three[ -]quarters?)(?=[ -]+(?:of[ -]+)?(?:an?[ -]+)?(acre|million|mile)s?\b)(?:[ -]+(?:of[ -]+)?(?:an?[ -]+)?(million))?/gi;

/** All numbers of a text, in its order: digits, fractions and words; dates and times are not yet told apart. */
export function numbersIn(text: string): NumberSaid[] {
  const plain = leveled(text);
  const found: NumberSaid[] = [];
  for (const match of plain.matchAll(digits)) found.push(fromDigits(match));
  for (const match of plain.matchAll(fraction)) {
    const [said, one, other, sign] = match;
    const span: Span = [match.index, match.index + said.length];
    if (
      found.some((number) => number.span[0] < span[1] && span[0] < number.span[1] && number.value % 1 !== 0)
    )
      continue;
    const value = sign ? fractions[sign]! : Number(one) / Number(other);
    const rest = found.filter((number) => number.span[1] <= span[0] || span[1] <= number.span[0]);
    if (!Number.isFinite(value) || value >= 1) continue;
    found.splice(0, found.length, ...rest, plainNumber(span, value));
  }
  for (const match of plain.matchAll(fractionInWords)) {
    const [said, part, , million] = match;
    const span: Span = [match.index, match.index + said.length];
    if (found.some((number) => number.span[0] < span[1] && span[0] < number.span[1])) continue;
    const value = (/half/i.test(part!) ? 0.5 : /three/i.test(part!) ? 0.75 : 0.25) * (million ? 1e6 : 1);
    found.push(plainNumber(span, value));
  }
  for (const match of plain.matchAll(inWords)) {
    const said = fromWords(match);
    if (said && !found.some(({ span }) => span[0] < said.span[1] && said.span[0] < span[1])) found.push(said);
  }
  return found.sort((one, other) => one.span[0] - other.span[0]);
}

const plainNumber = (span: Span, value: number): NumberSaid => ({
  ...{ span, value, unit: 1, money: false, percent: false, inWords: false, ordinal: false },
});

function fromDigits(match: RegExpExecArray): NumberSaid {
  const [said, sign, whole, point, mixed, over, under, spoken, scale, ordinal, percent] = match;
  const decimals = point ? point.length - 1 : 0;
  const times = scale ? scales[scale.toLowerCase()]! : 1;
  const part = mixed
    ? fractions[mixed]!
    : over
      ? Number(over) / Number(under)
      : spoken
        ? /half/i.test(spoken)
          ? 0.5
          : 0.25
        : 0;
  const value = Number(`${whole!.replaceAll(",", "")}${point ?? ""}`) + part;
  const length = said.trimEnd().length;
  return {
    span: [match.index, match.index + length],
    value: Math.round(value * times * 1e6) / 1e6,
    ...(part === 0 ? { decimals } : {}),
    unit: times / 10 ** decimals,
    money: sign !== undefined,
    percent: percent !== undefined,
    inWords: false,
    ordinal: ordinal !== undefined,
  };
}

function fromWords(match: RegExpExecArray): NumberSaid | undefined {
  const [said, half, threeQuarters, point, scale] = match;
  const main = said.split(
    /[ -]+(?:and[ -]+(?:a[ -]+|one[ -]+)?(?:half|quarter)|and[ -]+three[ -]+quarters?|point)/i,
  )[0]!;
  const parts = main
    .toLowerCase()
    .split(/[ -]+/)
    .filter((one) => one !== "and");
  const read = sum(parts);
  if (read === undefined) return undefined;
  const more = half ? (half.toLowerCase() === "half" ? 0.5 : 0.25) : threeQuarters ? 0.75 : 0;
  const decimal = point ? worth.get(point.toLowerCase())! / 10 : 0;
  const times = scale ? scales[scale.toLowerCase()]! : 1;
  const value = (read + more + decimal) * times;
  return { ...plainNumber([match.index, match.index + said.length], value), inWords: true };
}

/** Words as one number; two numbers side by side, as in nineteen twenty-four, are a year. */
function sum(parts: readonly string[]): number | undefined {
  let total = 0;
  let group = 0;
  for (const [index, part] of parts.entries()) {
    const value = worth.get(part);
    // "Millions" and "a hundred" count nothing by themselves.
    if (value === undefined || (index === 0 && value >= 100)) return undefined;
    if (value === 100) group = (group || 1) * 100;
    else if (value >= 1000) {
      total += (group || 1) * value;
      group = 0;
    } else if (value === 12 && part === "dozen") group = (group || 1) * 12;
    else if (index > 0 && group > 0 && group % 100 !== 0 && !(group % 10 === 0 && value < 10)) {
      if (group < 10 || group > 20) return undefined;
      group = group * 100 + value;
    } else group += value;
  }
  return total + group;
}
