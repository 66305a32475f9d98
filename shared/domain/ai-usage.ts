import * as z from "zod/mini";
import { daysAfter, daysBetween, firstOfMonth } from "./days.ts";

/** Days that one answer may be about. */
const mostDays = 366;

const day = (description: string) =>
  z.optional(z.iso.date().check(z.describe(`${description}: a day in the brokerage's time zone`)));

export const AiUsageQuery = z
  .strictObject({
    from: day("The first day; the first of the month that `to` ends, or of this month, unless said"),
    to: day(`The day after the last; ${mostDays} days after \`from\` unless said`),
    by: z._default(z.enum(["user", "source", "day"]), "day"),
  })
  .check(
    // Of what is no day that is said already.
    z.refine(({ from = "", to = "" }) => !(daysBetween(from, to) <= 0), {
      path: ["to"],
      error: "must be after from",
    }),
    z.refine(({ from = "", to = "" }) => !(daysBetween(from, to) > mostDays), {
      path: ["to"],
      error: `must be ${mostDays} days after from at most`,
    }),
  );
export type AiUsageQuery = z.output<typeof AiUsageQuery>;

const sums = {
  requests: z.int().check(z.gte(0)),
  input_tokens: z.int().check(z.gte(0)),
  output_tokens: z.int().check(z.gte(0)),
  cost_usd: z.number().check(z.gte(0)),
};

/** What the assistant was used for, and what is left of the budget. */
export const AiUsage = z.object({
  items: z.array(
    z.object({
      by: z
        .string()
        .check(z.meta({ description: "The id of a user, a source, or a day", examples: ["2026-03-02"] })),
      ...sums,
    }),
  ),
  totals: z.object(sums),
  budget: z
    .object({
      limit_usd: z.number(),
      spent_usd: z.number(),
      reserved_usd: z.number().check(z.describe("Set aside for calls of the model that still run")),
    })
    .check(z.describe("Of this month in UTC, whatever days are asked for: the brokerage's, or your own")),
});
export type AiUsage = z.output<typeof AiUsage>;

/** What was used: counts, and micro-dollars. */
export interface Used {
  readonly requests: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_micros: number;
}

/** Used by a user for one source in a day. */
export interface UsedOfDay extends Used {
  readonly day: string;
  readonly user: string;
  readonly source: string;
}

/** The days that are asked for, `to` not among them; `today` is the brokerage's. */
export function daysAsked(
  { from, to }: Pick<AiUsageQuery, "from" | "to">,
  today: string,
): { readonly from: string; readonly to: string } {
  const begins = from ?? firstOfMonth(to ? daysAfter(to, -1) : today);
  return { from: begins, to: to ?? daysAfter(begins, mostDays) };
}

/** What was used, by user, source or day in their order, and in all. */
export function usageBy(
  by: AiUsageQuery["by"],
  used: readonly UsedOfDay[],
): Pick<AiUsage, "items" | "totals"> {
  const groups = [...Map.groupBy(used, (one) => one[by])].sort(([one], [other]) => (one < other ? -1 : 1));
  return { items: groups.map(([by, some]) => ({ by, ...sumOf(some) })), totals: sumOf(used) };
}

function sumOf(used: readonly Used[]): AiUsage["totals"] {
  const sum = (name: keyof Used) => used.reduce((all, one) => all + one[name], 0);
  const [requests, input_tokens, output_tokens] = [
    sum("requests"),
    sum("input_tokens"),
    sum("output_tokens"),
  ];
  return { requests, input_tokens, output_tokens, cost_usd: sum("cost_micros") / 1e6 };
}
