import type { Ways } from "./numbers.ts";
import { type Cell, quoted, readText } from "./values.ts";
import { type DateOrder, dateOrders } from "./written.ts";

/** Longer cells are no dates; nothing in this trade is older, and nothing is recorded that lies years ahead. */
const longest = 60;
const firstYear = 1700;

/** What reading dates needs to know beside the cell. */
export interface DateReading {
  /** The column's order; null where each cell says its own. */
  readonly order: DateOrder | null;
  /** The day on which the import was asked for: two digits of a year mean none after the next. */
  readonly asOf: string;
}

interface Day {
  readonly year: number;
  readonly month: number;
  readonly date: number;
}

const iso = ({ year, month, date }: Day) =>
  `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`;

function exists({ year, month, date }: Day): boolean {
  if (year < firstYear) return false;
  const day = new Date(Date.UTC(2000, 0, 1));
  day.setUTCFullYear(year, month - 1, date);
  return day.getUTCMonth() === month - 1 && day.getUTCDate() === date;
}

function fullYear(digits: string, asOf: string): number {
  if (digits.length > 2) return Number(digits);
  const next = Number(asOf.slice(0, 4)) + 1;
  const inThisCentury = Math.floor(next / 100) * 100 + Number(digits);
  return inThisCentury > next ? inThisCentury - 100 : inThisCentury;
}

const clock =
  /^(?:[T ]\s?\d{1,2}(?::\d{2}){0,2}(?:\.\d+)?(?:\s?[AP]\.?M\.?)?(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?|T\d{6}Z?)?$/i;

/** The days that a cell can be, by the order of its parts; one that says its order is the same in each. */
export function dateWays(said: string, asOf: string): Ways<DateOrder, string> {
  const all = (day: Day | undefined) => (day && exists(day) ? each(() => iso(day)) : {});
  if (said.length > longest) return {};
  const written =
    /^(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})(?!\d)(.*)$/.exec(said) ?? /^(\d{4})()(\d\d)(\d\d)(.*)$/.exec(said);
  if (written && clock.test(written[5]!) && (written[2] !== "" || /^\d{8}(?!\d)/.test(said)))
    return all({ year: Number(written[1]), month: Number(written[3]), date: Number(written[4]) });
  if (/^\d{12,13}$/.test(said)) return each(() => new Date(Number(said)).toISOString().slice(0, 10));

  const digits = /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(.*)$/.exec(said);
  if (digits && clock.test(digits[5]!)) {
    const [, first = "", , second = "", third = ""] = digits;
    const year = fullYear(third, asOf);
    const possible: Partial<Record<DateOrder, Day>> = {
      mdy: { year, month: Number(first), date: Number(second) },
      dmy: { year, month: Number(second), date: Number(first) },
      // Only who says so means it: 13/02/24 is no day of 2013.
      ...(third.length === 2
        ? {
            ymd: { year: fullYear(first.padStart(2, "0"), asOf), month: Number(second), date: Number(third) },
          }
        : {}),
    };
    return each((order) => {
      const day = possible[order];
      return day && exists(day) ? iso(day) : undefined;
    });
  }
  const worded =
    /^(?:\p{L}{2,12}\.?,?\s)?(\d{1,2})(?:st|nd|rd|th)?\.?[-/ ]?(?:de\s)?(\p{L}{3,12})\.?,?[-/ ]?(?:de\s)?(\d{4}|\d{2})(?!\d)(.*)$/iu.exec(
      said,
    );
  const monthFirst =
    /^(\p{L}{3,12})\.?[-/ ]?(\d{1,2})(?:st|nd|rd|th)?,?[-/ ]\s?(\d{4}|\d{2})(?!\d)(.*)$/iu.exec(said);
  const named = worded
    ? { date: worded[1], month: worded[2], year: worded[3], rest: worded[4] }
    : monthFirst && { date: monthFirst[2], month: monthFirst[1], year: monthFirst[3], rest: monthFirst[4] };
  if (!named || !clock.test(named.rest!)) return {};
  const month = months().get(bareMonth(named.month!));
  return all(
    month === undefined ? undefined : { year: fullYear(named.year!, asOf), month, date: Number(named.date) },
  );
}

const each = (dayOf: (order: DateOrder) => string | undefined): Ways<DateOrder, string> =>
  Object.fromEntries(
    dateOrders.flatMap((order) => {
      const day = dayOf(order);
      return day === undefined ? [] : [[order, day]];
    }),
  );

/** The ways in which a column's dates can be meant; years of two digits come first only where the caller says so. */
export const usualWays = ({ mdy, dmy, ymd }: Ways<DateOrder, string>): Ways<DateOrder, string> => ({
  ...(mdy ? { mdy } : {}),
  ...(dmy ? { dmy } : {}),
  ...(ymd && (ymd === mdy || ymd === dmy) ? { ymd } : {}),
});

/** A cell's day as YYYY-MM-DD, in an order that is known or the same in any. */
export function day(cell: unknown, { order, asOf }: DateReading): Cell<string> {
  return readText(cell, (said) => {
    const ways = dateWays(said, asOf);
    const days = new Set(order ? [ways[order]] : Object.values(usualWays(ways)));
    const [value, other] = days;
    if (value === undefined) return { fault: `must be a date, not ${quoted(said)}` };
    if (other) return { fault: `can be read as ${value} or ${other}: set \`date_order\`` };
    return Number(value.slice(0, 4)) > Number(asOf.slice(0, 4)) + 10
      ? { fault: `must not be more than ten years in the future: ${quoted(said)}` }
      : { value };
  });
}

/** A moment in UTC; a day alone, or a time without its offset, is the day's first. */
export function moment(cell: unknown, reading: DateReading): Cell<string> {
  const found = day(cell, reading);
  if ("fault" in found || found.value === undefined) return found;
  const said = String(cell).trim();
  const epoch = /^\d{12,13}$/.test(said);
  const offset = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)\s?(Z|[+-]\d\d:?\d\d)$/i.exec(
    said,
  );
  const at = epoch
    ? new Date(Number(said))
    : offset &&
      new Date(
        `${offset[1]}T${offset[2]}${offset[3]!.replace(/^([+-]\d\d):?(\d\d)$/, "$1:$2").toUpperCase()}`,
      );
  if (at && Number.isNaN(at.getTime())) return { fault: `must be a date and time, not ${quoted(said)}` };
  return { value: at ? at.toISOString() : `${found.value}T00:00:00Z` };
}

/** Languages whose names of months are read. */
const languages = ["en", "de", "fr", "es", "it", "nl", "pt"];
const bareMonth = (name: string) =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z]/g, "");

let monthNames: ReadonlyMap<string, number> | undefined;
function months(): ReadonlyMap<string, number> {
  if (monthNames) return monthNames;
  const names = new Map<string, number>([["sept", 9]]);
  for (const language of languages)
    for (const length of ["long", "short"] as const)
      for (let month = 1; month <= 12; month++) {
        const name = bareMonth(
          new Intl.DateTimeFormat(language, { month: length, timeZone: "UTC" }).format(
            Date.UTC(2000, month - 1, 15),
          ),
        );
        if (!names.has(name)) names.set(name, month);
      }
  monthNames = names;
  return names;
}
