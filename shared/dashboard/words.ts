import type { Period } from "../domain/analytics/periods.ts";
import { daysAfter } from "../domain/days.ts";
import { counted, type Format } from "../page/format.ts";
import type { Metric } from "./data.ts";

/** What each number is called, and how it is written. */
export const named: Readonly<
  Record<Metric, { readonly title: string; readonly as: "count" | "time" | "money" }>
> = {
  leads: { title: "Leads", as: "count" },
  first_response_median_minutes: { title: "Median first response", as: "time" },
  contacts: { title: "Contacts", as: "count" },
  appointments: { title: "Appointments", as: "count" },
  listings: { title: "New listings", as: "count" },
  closings: { title: "Closings", as: "count" },
  volume: { title: "Volume closed", as: "money" },
  views: { title: "Views of listings", as: "count" },
};

export const none = "–";

/** A number of a metric; a dash where nothing was measured. */
export function written(metric: Metric, value: number | null, format: Format): string {
  if (value === null) return none;
  const { as } = named[metric];
  return as === "time" ? minutes(value) : as === "money" ? format.money(value) : format.number(value);
}

/** The change from one number to another, with its sign; a dash where one is unknown. */
export function change(metric: Metric, from: number | null, to: number | null, format: Format): string {
  if (from === null || to === null) return none;
  if (to === from) return "=";
  return `${to > from ? "+" : "−"}${written(metric, Math.abs(to - from), format)}`;
}

const [hour, day] = [60, 1440];

/** Minutes in the words of a clock: 35 min, 3 h 20 min, 2 days. */
export function minutes(of: number): string {
  const whole = Math.round(of);
  if (whole < hour) return `${whole} min`;
  if (whole >= 2 * day) return counted(Math.floor(whole / day), "day");
  const rest = whole % hour;
  return `${Math.floor(whole / hour)} h${rest ? ` ${rest} min` : ""}`;
}

/** How long ago a moment was. */
export const since = (moment: string, now: Date): string =>
  minutes(Math.max(0, (now.getTime() - Date.parse(moment)) / 60_000));

const short = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
/** A day without its year: Nov 23. */
export const dayOf = (of: string): string => short.format(new Date(of));

const weekday = new Intl.DateTimeFormat("en-US", { weekday: "short", timeZone: "UTC" });
/** The days of a week that has begun: Mon, or Mon to Wed. */
export function weekdays({ from, to }: Period): string {
  const [first, last] = [from, daysAfter(to, -1)].map((one) => weekday.format(new Date(one)));
  return first === last ? first! : `${first} to ${last}`;
}

/** Days as they are read: Oct 26 to Nov 22. */
export const daysOf = ({ from, to }: Period): string => `${dayOf(from)} to ${dayOf(daysAfter(to, -1))}`;
