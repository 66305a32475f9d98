const day = 86_400_000;
const [first, last] = [Date.parse("0000-01-01"), Date.parse("9999-12-31")];

/** To make one takes longer than to use it a hundred times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, calendar: "gregory", numberingSystem: "latn" },
    ...({ year: "numeric", month: "2-digit", day: "2-digit" } as const),
  });
  formats.set(timeZone, format);
  return format;
}

/** The day (YYYY-MM-DD) that calendars in a time zone show at a moment. */
export function dayIn(timeZone: string, at: Date): string {
  const part = Object.fromEntries(
    formatIn(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return `${part.year}-${part.month}-${part.day}`;
}

/** So many days after a day; the first or the last that is written YYYY-MM-DD where that is beyond them. */
export const daysAfter = (from: string, days: number): string =>
  new Date(Math.min(Math.max(Date.parse(from) + days * day, first), last)).toISOString().slice(0, 10);

/** How many days there are from one to another. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / day;

/** The first day of a day's month. */
export const firstOfMonth = (of: string): string => `${of.slice(0, 8)}01`;

/** The UTC days in which a day of any time zone may lie. */
export const aroundDay = (day: string): string[] => [-1, 0, 1].map((days) => daysAfter(day, days));

/** The UTC days that have a part of a time zone's day: one or two. */
export const utcDaysOf = (day: string, timeZone: string): string[] =>
  aroundDay(day).filter((utcDay) => {
    const first = dayIn(timeZone, new Date(`${utcDay}T00:00:00.000Z`));
    const last = dayIn(timeZone, new Date(`${utcDay}T23:59:59.999Z`));
    return first <= day && day <= last;
  });
