import { budgetKeys, budgetsIn, limitsOf } from "../../shared/data/ai-budget.ts";
import { readUsage } from "../../shared/data/ai-usage.ts";
import { aliveIn, recordKey } from "../../shared/data/record-item.ts";
import { queryTable } from "../../shared/data/table.ts";
import { scopeOf } from "../../shared/domain/access.ts";
import { AiUsage, AiUsageQuery, daysAsked, usageBy } from "../../shared/domain/ai-usage.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { dayIn } from "../../shared/domain/days.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getAiUsage = operation({
  id: "getAiUsage",
  method: "GET",
  path: "/v1/ai-usage",
  permission: "ai:read",
  summary: "Show what the assistant was used for and what it cost",
  description:
    "By day, user or source. Who holds ai:read for the whole brokerage sees everybody's and the brokerage's budget, " +
    "everyone else their own. A call of the model counts on the day on which it ended. Kept for three years.",
  query: AiUsageQuery,
  answer: { status: 200, body: AiUsage },
  access: { table: queryTable },
  async run({ table, query, caller, now }) {
    const { brokerage_id, user_id } = caller;
    const key = recordKey(brokerage_id, brokerageRecord, brokerage_id);
    const [item, ...budgets] = await table.getMany([key, ...budgetKeys(brokerage_id, user_id, now)]);
    const brokerage = aliveIn(brokerageRecord, item)!;
    const [whose, of] =
      scopeOf(caller, "ai:read") === "brokerage"
        ? (["brokerage", "all"] as const)
        : (["user", user_id] as const);
    const days = daysAsked(query, dayIn(brokerage.time_zone, now));
    const { spent, reserved } = budgetsIn(budgets)[whose];
    return {
      ...usageBy(query.by, await readUsage(table, brokerage_id, of, days)),
      budget: {
        limit_usd: limitsOf(brokerage)[whose] / 1e6,
        spent_usd: spent / 1e6,
        reserved_usd: reserved / 1e6,
      },
    };
  },
});
