import * as z from "zod/mini";
import { storedTimeZone } from "../contact.ts";
import { daysAfter, daysBetween, firstOfMonth } from "../days.ts";
import { invalidInput } from "../problem.ts";
import { id } from "../schemas.ts";
import { granularities, nextMonth, type Period } from "./periods.ts";
import { type ViewName, viewNames } from "./views.ts";

/** Days that an answer may be about; taken apart by a dimension, so many. */
const [mostDays, mostDaysBy] = [400, 92];
/** Days that it is about unless said, and months of the market. */
const [usualDays, usualMonths] = [28, 12];

const day = (description: string) =>
  z.optional(
    z.iso.date().check(z.describe(`${description}: a day in the brokerage's time zone, 1900 to 2199`)),
  );
const lengthOf = ({ from = "", to = "" }: { from?: string | undefined; to?: string | undefined }) =>
  daysBetween(from, to);

export const AnalyticsQuery = z
  .strictObject({
    from: day(`The first day; ${usualDays} days before \`to\` unless said (market: ${usualMonths} months)`),
    to: day("The day after the last; tomorrow unless said"),
    granularity: z.optional(
      z
        .enum(granularities)
        .check(z.describe("What a row is about; day unless said. The market is by month only")),
    ),
    by: z.optional(
      z
        .enum(["user", "team", "source", "band", "city", "type"])
        .check(z.describe("A row for each of them in each period, where there is anything to count")),
    ),
    property_id: z.optional(id.check(z.describe("Numbers of one property"))),
    user_id: z.optional(id.check(z.describe("Numbers of one user"))),
    team_id: z.optional(id.check(z.describe("Numbers of one team"))),
  })
  .check(
    // Of what is no day that is said already.
    z.refine((query) => !(lengthOf(query) <= 0), { path: ["to"], error: "must be after from" }),
    z.refine((query) => !(lengthOf(query) > mostDays), {
      path: ["to"],
      error: `must be ${mostDays} days after from at most`,
    }),
  );
export type AnalyticsQuery = z.output<typeof AnalyticsQuery>;

const values = z
  .record(z.string(), z.union([z.number(), z.string(), z.null()]))
  .check(z.describe("Numbers by their names, as `definition` says; null where nothing is known"));
const date = z.string().check(z.meta({ format: "date", examples: ["2026-03-02"] }));

/** A view's numbers of some periods. */
export const Analytics = z.object({
  view: z.enum(viewNames),
  definition: z.object({
    version: z.int().check(z.describe("Rises with every change that makes them other numbers")),
    text: z.string().check(z.describe("What the numbers count")),
  }),
  time_zone: storedTimeZone,
  granularity: z.enum(granularities),
  rows: z.array(
    z.object({
      from: date,
      to: date.check(z.describe("The day after the last")),
      by: z.optional(z.string().check(z.describe("The user, team, source, band, city or type"))),
      final: z.boolean().check(z.describe("Whether nothing is added any more: true 8 days after it ended")),
      values,
    }),
  ),
  totals: values,
});
export type Analytics = z.output<typeof Analytics>;

/** The days that are asked for; of the market whole months. `today` is the brokerage's. Throws 400. */
export function periodAsked(
  view: ViewName,
  { from, to, by, granularity }: AnalyticsQuery,
  today: string,
): Period {
  if (view === "market" && granularity !== undefined && granularity !== "month")
    throw invalidInput("?granularity", "must be month: of the market there are whole months only");
  for (const [name, day] of Object.entries({ from, to }))
    if (day !== undefined && !(day >= "1900-01-01" && day < "2200-01-01"))
      throw invalidInput(`?${name}`, "must be a day from 1900 to 2199");
  const end = to ?? daysAfter(today, 1);
  const asked = { from: from ?? usualStart(view, end), to: end };
  if (lengthOf(asked) <= 0)
    throw to === undefined
      ? invalidInput("?from", "must be before tomorrow where nothing is said of `to`")
      : invalidInput("?to", "must be after from");
  const most = by === undefined || view === "market" ? mostDays : mostDaysBy;
  if (lengthOf(asked) > most) throw invalidInput("?to", `must be ${most} days after from at most`);
  if (view !== "market") return asked;
  return { from: firstOfMonth(asked.from), to: nextMonth(daysAfter(asked.to, -1)) };
}

function usualStart(view: ViewName, end: string): string {
  if (view !== "market") return daysAfter(end, -usualDays);
  const last = daysAfter(end, -1);
  const [year, month] = [Number(last.slice(0, 4)) - 1, last.slice(5, 7)];
  return nextMonth(`${String(year).padStart(4, "0")}-${month}-01`);
}
