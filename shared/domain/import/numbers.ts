import { type Cell, quoted, readText } from "./values.ts";
import { type DecimalSign, decimalSigns } from "./written.ts";

/** The value of a cell under each way of writing; absent where it has none. */
export type Ways<Way extends string, Value> = Readonly<Partial<Record<Way, Value>>>;

/** Square feet of what areas are given in. */
export const squareFeet = {
  sqft: 1,
  sqm: 1 / 0.3048 ** 2,
  acres: 43_560,
  hectares: 10_000 / 0.3048 ** 2,
} as const;
export type AreaUnit = keyof typeof squareFeet;

/** Longer cells are no numbers. */
const longest = 60;

const grouping = "[ \\u00a0\\u2009\\u202f'’]";
const forms = Object.fromEntries(
  decimalSigns.map((sign) => {
    const [point, group] = sign === "." ? ["\\.", ","] : [",", "\\."];
    const whole = `[1-9]\\d{0,2}(?:${group}\\d{3})+|[1-9]\\d{0,2}(?:${grouping}\\d{3})+|\\d+`;
    return [sign, new RegExp(`^[+-]?(?:(?:${whole})(?:${point}\\d*)?|${point}\\d+)$`)];
  }),
) as Record<DecimalSign, RegExp>;

/** The number that digits are where decimals stand behind `sign`; undefined where they are none. */
function numeral(digits: string, sign: DecimalSign): number | undefined {
  if (!forms[sign].test(digits))
    return sign === "." && /^[+-]?\d+(\.\d*)?e[+-]?\d{1,3}$/i.test(digits) ? Number(digits) : undefined;
  const plain = digits.replace(sign === "." ? /[^\d.+-]/g : /[^\d,+-]/g, "").replace(",", ".");
  return Number(plain);
}

interface Parts {
  readonly before: string;
  readonly digits: string;
  readonly behind: string;
}

/** A cell as its number and the words around it, such as a currency or a unit. */
function parts(said: string): Parts | undefined {
  const found = /^([^\d.,+-]*)([+-]?(?:[\d.,'’ \u00a0\u2009\u202f]*\d)(?:e[+-]?\d+)?)(.*)$/is.exec(said);
  if (!found) return undefined;
  const [, before = "", digits = "", behind = ""] = found;
  return {
    before: before.trim(),
    digits: digits.trim(),
    behind: behind
      .trim()
      .replace(/^[.,](?:-+)?(?=\s|$)/, "")
      .trim(),
  };
}

/** A number with what stands beside it. */
export interface Measure {
  readonly number: number;
  readonly unit?: AreaUnit;
  readonly currency?: string;
}

/** What a kind of number may look like, beside its digits, and which are possible. */
export interface NumberKind {
  /** What words before and behind the digits say; undefined where they may not stand there. */
  beside(before: string, behind: string): Omit<Measure, "number"> | undefined;
  /** Whether such a number can be, written with so many decimals: it decides between two ways to read one. */
  can(number: number, decimals: number): boolean;
}

/** Marks of currencies; those that several share say nothing. */
const currencyMarks = new Map(
  [
    ...(["€ EUR", "£ GBP", "₹ INR", "zł PLN", "$ ", "kr ", "¥ "] as const),
    ...(["US$ USD", "CA$ CAD", "C$ CAD", "AU$ AUD", "A$ AUD", "NZ$ NZD"] as const),
  ].map((pair) => pair.split(" ") as [string, string]),
);
const currencyCodes = new Set(Intl.supportedValuesOf("currency"));

const bareOnly: NumberKind["beside"] = (before, behind) => (before === "" && behind === "" ? {} : undefined);
const withWords =
  (words: RegExp): NumberKind["beside"] =>
  (before, behind) =>
    before === "" && (behind === "" || words.test(behind)) ? {} : undefined;

function money(before: string, behind: string): Omit<Measure, "number"> | undefined {
  const marks = [before, behind].filter((mark) => mark !== "");
  const said = marks.map((mark) => {
    const code = mark.toUpperCase();
    return currencyMarks.get(code) ?? currencyMarks.get(mark) ?? (currencyCodes.has(code) ? code : undefined);
  });
  if (said.includes(undefined)) return undefined;
  const currency = said.find((code) => code !== "");
  return currency === undefined ? {} : { currency };
}

const unitWords: readonly (readonly [AreaUnit, RegExp])[] = [
  ["sqft", /^(sqfts?|squarefeet|squarefoot|ft2|sf|feet|ft)$/],
  ["sqm", /^(sqm|sqms|m2|squaremet(er|re)s?|sqmet(er|re)s?|qm|mq|met(er|re)s)$/],
  ["acres", /^(acres?|ac)$/],
  ["hectares", /^(hectares?|ha)$/],
];

/** The unit that a word means, such as "Square Feet", "sq. ft.", "m²" or "ac". */
export function areaUnit(word: string): AreaUnit | undefined {
  const bare = word
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  return unitWords.find(([, form]) => form.test(bare))?.[0];
}

function area(before: string, behind: string): Omit<Measure, "number"> | undefined {
  if (before !== "") return undefined;
  if (behind === "") return {};
  const unit = areaUnit(behind);
  return unit && { unit };
}

const whole = (least: number, most: number, words?: RegExp): NumberKind => ({
  beside: words ? withWords(words) : bareOnly,
  can: (number) => Number.isInteger(number) && number >= least && number <= most,
});
const within = (most: number): NumberKind => ({
  beside: bareOnly,
  can: (number) => Math.abs(number) <= most,
});

/** Every kind of number in a file. */
const numberKinds = {
  // Amounts are written with two decimals or with none: three digits behind a sign are thousands.
  money: { beside: money, can: (_, decimals) => decimals !== 3 },
  // No home has less than ten square feet, or metres.
  size: { beside: area, can: (number) => number >= 10 },
  lot: { beside: area, can: () => true },
  baths: {
    beside: withWords(/^(ba|baths?|bathrooms?)$/i),
    can: (number) => number < 100 && Number.isInteger(number * 4),
  },
  beds: whole(0, 999, /^(bds?|beds?|brs?|bedrooms?)$/i),
  count: whole(0, 99_999, /^days?$/i),
  year: whole(1000, 2200),
  lat: within(90),
  lng: within(180),
} as const satisfies Record<string, NumberKind>;
export type NumberKindName = keyof typeof numberKinds;

/** Whether a number is the same however it is written. */
export const isPlain = (said: string): boolean => /^\d{1,15}$/.test(said);

/** What a cell is in each way of writing numbers that fits it; none where it is no number of its kind. */
export function numberWays(said: string, kind: NumberKindName): Ways<DecimalSign, Measure> {
  if (said.length > longest) return {};
  if (isPlain(said)) return { ".": { number: Number(said) }, ",": { number: Number(said) } };
  const found = parts(said);
  const { beside, can } = numberKinds[kind] as NumberKind;
  const words = found && beside(found.before, found.behind);
  if (!found || !words) return {};
  const read = decimalSigns.flatMap((sign) => {
    const number = numeral(found.digits, sign);
    const decimals = found.digits.includes(sign)
      ? found.digits.length - found.digits.lastIndexOf(sign) - 1
      : 0;
    return number === undefined ? [] : [{ sign, number, decimals }];
  });
  const possible = read.filter(({ number, decimals }) => can(number, decimals));
  // Where none is possible the value itself is at fault, and is told so when the row is checked.
  return Object.fromEntries(
    (possible.length > 0 ? possible : read).map(({ sign, number }) => [sign, { number, ...words }]),
  );
}

/** A cell's number; without a sign for its column it must be the same in either way. */
export function measure(cell: unknown, kind: NumberKindName, sign: DecimalSign | null): Cell<Measure> {
  if (typeof cell === "number") return { value: { number: cell } };
  return readText(cell, (said) => {
    const ways = sign ? signed(said, kind, sign) : Object.values(numberWays(said, kind));
    const [first, other] = ways;
    if (!first) return { fault: `must be a number, not ${quoted(said)}` };
    if (other && other.number !== first.number)
      return { fault: `can be read as ${first.number} or ${other.number}: set \`decimal\`` };
    return { value: first };
  });
}

/** The number in a cell for a given decimal sign; empty where it is none. */
function signed(said: string, kind: NumberKindName, sign: DecimalSign): Measure[] {
  const found = said.length > longest ? undefined : parts(said);
  const words = found && (numberKinds[kind] as NumberKind).beside(found.before, found.behind);
  const number = found && numeral(found.digits, sign);
  return words && number !== undefined ? [{ number, ...words }] : [];
}

/** Bathrooms of "3/1", "2F 1H" and "2 full, 1 half": full ones and halves. */
export function fullAndHalf(said: string): number | undefined {
  const parts =
    /^(\d{1,2})\s?\/\s?(\d{1,2})$/.exec(said) ??
    /^(\d{1,2})\s?f(?:ull)?(?:\s?(?:[,/&+]|and)?\s?(\d{1,2})\s?h(?:alf)?)?(?:\s?baths?)?$/i.exec(said);
  return parts ? Number(parts[1]) + Number(parts[2] ?? 0) / 2 : undefined;
}
