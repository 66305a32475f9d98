import { datesIn, saysDay } from "./dates.ts";
import type { Fact, Span } from "./finding.ts";
import { type NumberSaid, numbersIn } from "./numbers.ts";
import { leveled, overlap } from "./reading.ts";
import { hedgeAt } from "./rounding.ts";

/** A number that may be said, with a name that a person understands; a text stands for itself, a day is YYYY-MM-DD. */
export interface AllowedNumber {
  readonly name: string;
  readonly value: number | string;
}

/** Phrases with number words that count nothing. */
const idioms =
  /\b(?:one of|no one|any one|one another|at one point|one way|one thing|on the one hand|in one|the one|one)\b/gi;

/**
 * Compares the numbers, percentages, dates and sums of a text with those that it may say. A number is one of them when
 * it is the same; the same rounded to its printed decimals (whole only from 10 on, a percentage to a tenth); a sum
 * from 100,000 on rounded to thousands, or to ten thousands where it is said in millions; a share below 1 as a
 * percentage; and, after a word such as "about", rounded to two figures. Minus signs are not compared.
 */
export function checkNumbers(text: string, allowed: readonly AllowedNumber[]): Fact[] {
  const plain = leveled(text);
  const words = allowed.filter(
    (one): one is AllowedNumber & { value: string } => typeof one.value === "string",
  );
  const verbatim = words.flatMap(({ name, value }) =>
    placesOf(plain, value).map((span) => ({ span, name, value })),
  );
  const dates = datesIn(plain).filter(({ span }) => !verbatim.some((one) => overlap(one.span, span)));
  const days = words.filter(({ value }) => /^\d{4}-\d\d/.test(value));
  const taken: Span[] = [...verbatim, ...dates].map(({ span }) => span);
  for (const match of plain.matchAll(idioms)) taken.push([match.index, match.index + match[0].length]);
  const facts: Fact[] = [
    ...verbatim
      .filter(({ value }) => /\d/.test(value))
      .map(({ span, name, value }) => ({
        ...{ span, field: name, value, record_value: value, ok: true },
      })),
    ...dates.map(({ span, value }): Fact => {
      const day = days.find((one) => saysDay(value, one.value));
      return {
        span,
        field: day?.name ?? null,
        value,
        record_value: day?.value ?? null,
        ok: day !== undefined,
      };
    }),
    ...numbersIn(text)
      .filter(({ span, ordinal }) => !ordinal && !taken.some((one) => overlap(one, span)))
      .map((number) => numberFact(plain, number, allowed)),
  ];
  return facts.sort((one, other) => one.span[0] - other.span[0]);
}

function numberFact(text: string, number: NumberSaid, allowed: readonly AllowedNumber[]): Fact {
  const isAbout = hedgeAt(text, number.span) !== "exact";
  const match =
    allowed.find(({ value }) => value === number.value) ??
    allowed.find(({ value }) => typeof value === "number" && isSaid(number, value, isAbout)) ??
    allowed.find(({ value }) => isYearOf(number, value));
  return {
    ...{ span: number.span, field: match?.name ?? null, value: number.value },
    ...{ record_value: match?.value ?? null, ok: match !== undefined },
  };
}

const isYearOf = ({ value, money, percent, decimals }: NumberSaid, day: number | string): boolean =>
  typeof day === "string" &&
  /^\d{4}-\d\d/.test(day) &&
  !money &&
  !percent &&
  decimals === 0 &&
  day.startsWith(`${value}-`);

/** Whether a printed number is a known one, under the roundings that count. */
function isSaid(
  { value, unit, percent, decimals = 0 }: NumberSaid,
  known: number,
  isAbout: boolean,
): boolean {
  const size = Math.abs(known);
  if (equal(value, size)) return true;
  if (
    percent &&
    !Number.isInteger(known) &&
    size < 1 &&
    isSaid(percentOf(value, decimals), size * 100, isAbout)
  )
    return true;
  if (isAbout && equal(value, Number(size.toPrecision(2)))) return true;
  const step = unit === 1 && size >= 100_000 && value % 1000 === 0 ? 1000 : unit;
  if (!equal(value, Math.round(size / step) * step)) return false;
  if (step >= 1000) return size >= 100 * step;
  if (percent) return decimals >= 1 || size >= 10;
  if (unit < 1) return true;
  if (Number.isInteger(known)) return false;
  return size >= 10;
}

/** A percentage as a number, to be compared with a share times a hundred. */
const percentOf = (value: number, decimals: number): NumberSaid => ({
  ...{ span: [0, 0], value, decimals, unit: 10 ** -decimals },
  ...{ money: false, percent: true, inWords: false, ordinal: false },
});

const equal = (one: number, other: number) => Math.abs(one - other) < 1e-6 * Math.max(1, other);

function placesOf(text: string, sought: string): Span[] {
  const places: Span[] = [];
  const [one, other] = [text.toLowerCase(), leveled(sought).toLowerCase()];
  if (other.trim() === "") return places;
  for (let at = one.indexOf(other); at >= 0; at = one.indexOf(other, at + 1))
    if (!/[\w]/.test(one[at - 1] ?? "") && !/[\w]/.test(one[at + other.length] ?? ""))
      places.push([at, at + other.length]);
  return places;
}
