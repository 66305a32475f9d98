const day = 86_400_000;
const [first, last] = [Date.parse("0000-01-01"), Date.parse("9999-12-31")];

/** The day (YYYY-MM-DD) that calendars in a time zone show at a moment. */
export function dayIn(timeZone: string, at: Date): string {
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, calendar: "gregory", numberingSystem: "latn" },
    ...({ year: "numeric", month: "2-digit", day: "2-digit" } as const),
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}`;
}

/** So many days after a day; the first or the last that is written YYYY-MM-DD where that is beyond them. */
export const daysAfter = (from: string, days: number): string =>
  new Date(Math.min(Math.max(Date.parse(from) + days * day, first), last)).toISOString().slice(0, 10);

/** How many days there are from one to another. */
export const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / day;

/** The first day of a day's month. */
export const firstOfMonth = (of: string): string => `${of.slice(0, 8)}01`;
