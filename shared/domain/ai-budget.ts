import * as z from "zod/mini";
import { Problem } from "./problem.ts";
import { decimal } from "./schemas.ts";

const perMonth = (whose: string) =>
  decimal(
    0,
    1_000_000,
    2,
    `Dollars that ${whose} may spend on the assistant in a month (UTC); 0 switches it off`,
  );

/** What the assistant may cost in a month. */
export const AiBudget = z.strictObject({
  brokerage_usd_per_month: perMonth("the brokerage"),
  user_usd_per_month: perMonth("each user"),
});
export type AiBudget = z.output<typeof AiBudget>;

/** The budget of a brokerage that set none. */
export const defaultAiBudget: AiBudget = { brokerage_usd_per_month: 50, user_usd_per_month: 10 };

/** Limits in micro-dollars. */
export interface AiLimits {
  readonly brokerage: number;
  readonly user: number;
}

/** The limits of a brokerage: its own, or the usual ones. */
export function limitsOf({
  ai_budget = defaultAiBudget,
}: {
  readonly ai_budget?: AiBudget | undefined;
}): AiLimits {
  return { brokerage: micros(ai_budget.brokerage_usd_per_month), user: micros(ai_budget.user_usd_per_month) };
}

/** Micro-dollars, of dollars with two decimals. */
const micros = (usd: number): number => Math.round(usd * 100) * 10_000;

/** A moment's month of budgets, YYYY-MM: UTC's, so that a brokerage that changes its time zone gets none twice. */
export const budgetMonth = (at: Date): string => at.toISOString().slice(0, 7);

/** When the month after begins. */
export function monthAfter(month: string): Date {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 1));
}

/** The 429 of a month's budget (YYYY-MM) of which not enough is left; Retry-After says when the next month begins. */
export function budgetExceeded(whose: keyof AiLimits, limit: number, month: string, now: Date): Problem {
  const owner = whose === "brokerage" ? "The brokerage's" : "Your";
  if (limit <= 0)
    return new Problem("budget_exceeded", `${owner} budget for the assistant is 0: an admin switched it off`);
  const next = monthAfter(month);
  const seconds = Math.max(1, Math.ceil((next.getTime() - now.getTime()) / 1000));
  return new Problem(
    "budget_exceeded",
    `${owner} budget for the assistant of ${month} (UTC) has too little left: $${(limit / 1e6).toFixed(2)}, ` +
      `with what is set aside for calls that still run. The next begins on ${next.toISOString().slice(0, 10)}`,
    { headers: { "retry-after": String(seconds) } },
  );
}
