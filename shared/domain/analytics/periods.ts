import { daysAfter, daysBetween, firstOfMonth } from "../days.ts";

export const granularities = ["day", "week", "month"] as const;
type Granularity = (typeof granularities)[number];

/** Days (YYYY-MM-DD, in the brokerage's time zone), `to` not among them. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** Days after whose end a day's numbers change no more: what is older is refused when it is sent. */
export const daysOpen = 8;

/** Whether nothing can be added to a day any more, on the day it is today. */
export const isOver = (day: string, today: string): boolean => daysBetween(day, today) > daysOpen;

const nextDay = (day: string) => daysAfter(day, 1);
/** The Monday after a day. */
const nextWeek = (day: string) => daysAfter(day, 7 - ((new Date(day).getUTCDay() + 6) % 7));
/** The first of the month after a day's. */
export const nextMonth = (day: string): string => firstOfMonth(daysAfter(firstOfMonth(day), 31));
const nextOf = { day: nextDay, week: nextWeek, month: nextMonth };

/**
 * The days, weeks (from Monday) or calendar months of a period, in their order. The first and the last are cut to what
 * was asked for. Days are the calendar's, however many hours they have.
 */
export function periodsIn({ from, to }: Period, granularity: Granularity): Period[] {
  const periods: Period[] = [];
  for (let day = from; day < to; ) {
    const next = nextOf[granularity](day);
    periods.push({ from: day, to: next < to ? next : to });
    day = next;
  }
  return periods;
}

/** The days of a period, in their order. */
export const daysIn = (period: Period): string[] => periodsIn(period, "day").map(({ from }) => from);
