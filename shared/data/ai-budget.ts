import { type AiLimits, budgetExceeded, budgetMonth, monthAfter } from "../domain/ai-budget.ts";
import type { Used } from "../domain/ai-usage.ts";
import { type Spender, usageWrites, type When } from "./ai-usage.ts";
import { ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, TableReader, UpdateWrite } from "./table.ts";

export { type AiLimits, limitsOf } from "../domain/ai-budget.ts";
export type { Spender } from "./ai-usage.ts";

/** Money set aside for one call of a model until it is known what it cost; `month` is that of the call, YYYY-MM in UTC. */
export interface Reserve {
  readonly month: string;
  readonly micro_usd: number;
}

/** What a call used. `isRequest` in one of a request's calls: it counts the request. */
export interface Spent extends Omit<Used, "requests"> {
  readonly isRequest: boolean;
}

/** What is used of a month's budget, in micro-dollars. */
interface Budget {
  readonly spent: number;
  readonly reserved: number;
}
type Budgets = { readonly [Whose in keyof AiLimits]: Budget };

/**
 * The writes that set money aside in the month of the brokerage and in that of the user. They belong into the
 * transaction that notes the call: of any number at once so many pass as the limits allow, and each of the others is
 * refused with 429. `committed` is what was spent and what is set aside, so that one condition knows both.
 */
export function reserveWrites(
  { brokerage_id, user_id }: Omit<Spender, "source">,
  { month, micro_usd }: Reserve,
  limits: AiLimits,
  now: Date,
): UpdateWrite[] {
  return owners(user_id).map(([whose, of]) => {
    const limit = limits[whose];
    // A limit of 0 lets nothing pass, a call that costs nothing neither.
    const room = limit > 0 ? limit - micro_usd : -1;
    const { Update } = adding(budgetKey(brokerage_id, of, month), { committed: micro_usd }, month);
    return {
      Update: {
        ...Update,
        ConditionExpression:
          room < 0 ? "committed <= :room" : "attribute_not_exists(committed) OR committed <= :room",
        ExpressionAttributeValues: { ...Update.ExpressionAttributeValues, ":room": room },
      },
      ifConditionFails: () => budgetExceeded(whose, limit, month, now),
    };
  });
}

/**
 * The writes that give back what was set aside for a call and count what it used, in the budgets of its month and in the
 * usage of the day on which it ended. They add: they belong into the transaction that notes the call's end, on the
 * condition that nobody has. Without `spent` nothing was used.
 */
export function settleWrites(
  spender: Spender,
  { month, micro_usd }: Reserve,
  spent: Spent | undefined,
  when: When,
): UpdateWrite[] {
  const cost = spent?.cost_micros ?? 0;
  const budgets = owners(spender.user_id).map(([, of]) =>
    adding(budgetKey(spender.brokerage_id, of, month), { committed: cost - micro_usd, spent: cost }, month),
  );
  if (!spent) return budgets;
  const { isRequest, ...used } = spent;
  return [...budgets, ...usageWrites(spender, { ...used, requests: isRequest ? 1 : 0 }, when)];
}

/** Reads what is used of this month's budgets. */
export async function readBudgets(
  table: TableReader,
  brokerageId: string,
  userId: string,
  now: Date,
): Promise<Budgets> {
  return budgetsIn(await table.getMany(budgetKeys(brokerageId, userId, now)));
}

/** The keys of this month's budgets: the brokerage's and the user's, for who reads more in the same request. */
export const budgetKeys = (brokerageId: string, userId: string, now: Date): readonly Key[] =>
  owners(userId).map(([, of]) => budgetKey(brokerageId, of, budgetMonth(now)));

/** What the items at these keys say. */
export const budgetsIn = ([brokerage, user]: readonly (Item | undefined)[]): Budgets => ({
  brokerage: budgetIn(brokerage),
  user: budgetIn(user),
});

/** Throws 429 when nothing is left of one of this month's budgets. */
export function checkBudgets(budgets: Budgets, limits: AiLimits, now: Date): void {
  for (const whose of ["brokerage", "user"] as const) {
    const { spent, reserved } = budgets[whose];
    if (spent + reserved >= limits[whose]) throw budgetExceeded(whose, limits[whose], budgetMonth(now), now);
  }
}

/** Whose months a user's call counts in, and what they are called in keys. */
const owners = (userId: string) =>
  [
    ["brokerage", "all"],
    ["user", userId],
  ] as const;

const budgetKey = (brokerageId: string, of: string, month: string): Key => ({
  pk: `${brokerageId}#ai-budget#${of}`,
  sk: month,
});

/** Days that a month's budget is kept after its end. */
const daysKept = 400;

function adding(key: Key, amounts: { readonly committed: number; readonly spent?: number }, month: string) {
  const names = Object.entries(amounts);
  return {
    Update: {
      Key: key,
      UpdateExpression: `ADD ${names.map(([name]) => `${name} :${name}`).join(", ")} SET #ttl = :ttl, #schema = :schema`,
      ExpressionAttributeNames: { "#ttl": "ttl", "#schema": "schema" },
      ExpressionAttributeValues: {
        ...Object.fromEntries(names.map(([name, amount]) => [`:${name}`, amount])),
        ":ttl": ttl(new Date(monthAfter(month).getTime() + daysKept * 86_400_000)),
        ":schema": withSchemaVersion("aiBudget", {}).schema,
      },
    },
  } satisfies UpdateWrite;
}

function budgetIn(item: Item | undefined): Budget {
  const { committed = 0, spent = 0 } = (item ?? {}) as { committed?: number; spent?: number };
  return { spent, reserved: committed - spent };
}
