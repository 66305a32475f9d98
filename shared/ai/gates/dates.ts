import type { Span } from "./finding.ts";
import { sentenceAt } from "./reading.ts";

/** A date that a text says: a day YYYY-MM-DD, a month YYYY-MM, or a day of any year --MM-DD. */
export interface DateSaid {
  readonly span: Span;
  readonly value: string;
}

const months = "january february march april may june july august september october november december".split(
  " ",
);
const month =
  "(January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\.?";
const numberOf = (name: string) =>
  months.findIndex((one) => one.startsWith(name.toLowerCase().slice(0, 3))) + 1;
const two = (value: string | number) => String(value).padStart(2, "0");

const forms: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])/g, ([, year, m, day]) => `${year}-${m}-${day}`],
  [
    /(?<![\d/])(\d{1,2})\/(\d{1,2})\/(\d{4}|\d\d)(?![\d/])/g,
    ([, m, day, year]) => `${year!.length === 2 ? `20${year}` : year}-${two(m!)}-${two(day!)}`,
  ],
  [
    new RegExp(`\\b${month}\\s(\\d{1,2})(?:st|nd|rd|th)?,?\\s(\\d{4})(?!\\d)`, "gi"),
    ([, m, day, year]) => `${year}-${two(numberOf(m!))}-${two(day!)}`,
  ],
  [
    new RegExp(`(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)?\\s(?:of\\s)?${month},?\\s(\\d{4})(?!\\d)`, "gi"),
    ([, day, m, year]) => `${year}-${two(numberOf(m!))}-${two(day!)}`,
  ],
  [new RegExp(`\\b${month},?\\s(\\d{4})(?!\\d)`, "gi"), ([, m, year]) => `${year}-${two(numberOf(m!))}`],
  [
    new RegExp(`\\b${month}\\s(\\d{1,2})(?:st|nd|rd|th)?(?![\\d,.]*\\d)`, "gi"),
    ([, m, day]) => `--${two(numberOf(m!))}-${two(day!)}`,
  ],
];

/** The dates of a text; the longest reading of each. */
export function datesIn(text: string): DateSaid[] {
  const found: DateSaid[] = [];
  for (const [form, read] of forms)
    for (const match of text.matchAll(form)) {
      const span: Span = [match.index, match.index + match[0].length];
      if (!found.some((one) => one.span[0] < span[1] && span[0] < one.span[1]))
        found.push({ span, value: read(match) });
    }
  return found.sort((one, other) => one.span[0] - other.span[0]);
}

/** Whether what a text says of a day is right: the day, its month, or its day of any year. */
export const saysDay = (said: string, day: string): boolean =>
  said.startsWith("--") ? day.slice(4, 10) === said.slice(1) : day.slice(0, 10).startsWith(said);

const weekday = "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?";
const clock = "\\d{1,2}(?::\\d\\d)?\\s?(?:am|pm|a\\.m\\.|p\\.m\\.|noon)?";
/** Numbers that say nothing of a home: times of the day, 24/7, internet addresses, one-of-a-kind. */
const harmless: readonly RegExp[] = [
  new RegExp(
    `(?<![\\d$.,])${clock}\\s?(?:-|to|until|and)\\s?\\d{1,2}(?::\\d\\d)?\\s?(?:am|pm|a\\.m\\.|p\\.m\\.)`,
    "gi",
  ),
  /(?<![\d$.,])\d{1,2}(?::\d\d)?\s?(?:am|pm|a\.m\.|p\.m\.|o'clock)(?!\w)/gi,
  /(?<!\d)\d{1,2}:\d\d(?!\d)/g,
  /\b24\/7\b|\b24-hour\b|\b7 days a week\b|#1\b|\bno\. 1\b|\b100\s?%|\b110\s?%|\b360[\s-]degrees?\b|\b180[\s-]degrees?\b|\bwi-?fi \d\b/gi,
  /\b(?:one of|one-of-a-kind|one of a kind|no one|any one|every one|this one|the one|one another|one-stop|two birds|one day|at once|one and only|one last)\b/gi,
  /\bhttps?:\S+|\bwww\.\S+|(?<!\S)[^\s@]{1,64}@[^\s@]{1,200}/gi,
];
const appointment =
  /\bopen house|\bopen (?:sat|sun)|\bshowings?\b|\btours?\b|\bviewings?\b|\boffers? (?:due|reviewed|review|considered)|\breview(?:ed|ing)? offers\b|\bopen (?:this|next)\b/i;
const clocks =
  /(?<![\d$.,/])\d{1,2}(?::\d\d)?(?:\s?(?:-|to|until|and)\s?\d{1,2}(?::\d\d)?)?(?![\d,./]*\d)(?!\s?(?:%|bed|bath|sq|acre|br|ba|car|block|mile|minute|stor))/g;

/**
 * What is passed over: no record of a property holds when one may see it. In a sentence about an open house, showings
 * or offers, or right beside a weekday, dates and hours are appointments.
 */
export function harmlessSpans(text: string): Span[] {
  const spans: Span[] = [];
  const add = (match: RegExpExecArray, offset = 0) =>
    spans.push([offset + match.index, offset + match.index + match[0].length]);
  for (const form of harmless) for (const match of text.matchAll(form)) add(match);
  const nearDay = new RegExp(
    `\\b${weekday},?\\s(?:(?:the\\s)?(?:${month}\\s)?\\d{1,2}(?:st|nd|rd|th)?,?\\s?)?(?:from\\s|at\\s|,\\s)?(?:${clock}(?:\\s?(?:-|to|until|and)\\s?${clock})?)?`,
    "gi",
  );
  for (const match of text.matchAll(nearDay)) if (/\d/.test(match[0])) add(match);
  for (const match of text.matchAll(new RegExp(appointment.source, "gi"))) {
    const [start, end] = sentenceAt(text, match.index);
    const said = text.slice(start, end);
    if (!new RegExp(`\\b${weekday}\\b|${month}|\\d\\s?(?:am|pm)|\\d:\\d\\d|\\d\\s?-\\s?\\d`, "i").test(said))
      continue;
    for (const { span } of datesIn(said)) spans.push([start + span[0], start + span[1]]);
    for (const hour of said.matchAll(clocks)) add(hour, start);
  }
  return spans;
}
