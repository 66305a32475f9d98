import {
  type AiLimits,
  type Reserve,
  reserveWrites,
  type Spent,
  settleWrites,
} from "../../shared/data/ai-budget.ts";
import { type OpenCall, whileOpen } from "../../shared/data/ai-open-calls.ts";
import { workKey } from "../../shared/data/ai-requests.ts";
import type { Spender, When } from "../../shared/data/ai-usage.ts";
import { withSchemaVersion } from "../../shared/data/schema.ts";
import {
  CommitConflict,
  ConditionFailed,
  refusalOf,
  type Table,
  type Write,
} from "../../shared/data/table.ts";
import { budgetMonth } from "../../shared/domain/ai-budget.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { table as real } from "../in-process.ts";

/** A call of a model as far as its money goes: noted before it is made, and when it has ended. */
export interface Call {
  /** The request's item `work`. */
  readonly key: ReturnType<typeof workKey>;
  begin(): Promise<void>;
  /** Once, however often it is said; without `spent` nothing was used. */
  end(spent: Spent | undefined): Promise<void>;
}

/** The first call of a new request; of so many micro-dollars, a dollar unless said. */
export function newCall(
  spender: Spender,
  limits: AiLimits,
  {
    now = new Date(),
    time_zone = "America/Los_Angeles",
    micro_usd = 1_000_000,
    until = new Date(now.getTime() + 60_000),
  }: Partial<When> & { readonly micro_usd?: number; readonly until?: Date } = {},
  table: Table = real,
): Call {
  const { newId, written } = invocation(spender.user_id, null);
  const { brokerage_id, user_id, source } = spender;
  const id = newId();
  const key = workKey(brokerage_id, id);
  const reserve: Reserve = { month: budgetMonth(now), micro_usd };
  const open: OpenCall = { id: newId(), reserve, user_id, source, until: until.toISOString(), time_zone };
  const counts = { step: 1, attempts: 1, input_tokens: 0, output_tokens: 0, cost_micros: 0 };
  const work = { ...key, brokerage_id, id, ...counts, open, ...whileOpen(open), written };
  return {
    key,
    begin: () =>
      inTurn(table, [
        {
          Put: { Item: withSchemaVersion("aiWork", work), ConditionExpression: "attribute_not_exists(pk)" },
        },
        ...reserveWrites(spender, reserve, limits, now),
      ]),
    end: (spent) =>
      inTurn(table, [
        {
          Update: {
            Key: key,
            UpdateExpression: "SET step = :next REMOVE #open, entity, due_list, due_at",
            ConditionExpression: "step = :before",
            ExpressionAttributeNames: { "#open": "open" },
            ExpressionAttributeValues: { ":before": 1, ":next": 2 },
          },
        },
        ...settleWrites(spender, reserve, spent, { now, time_zone }),
      ]),
  };
}

/** Commits however many others write to the same budget; throws the problem of a condition that does not hold. */
async function inTurn(table: Table, writes: readonly Write[]): Promise<void> {
  for (let tried = 1; ; tried++)
    try {
      return await table.commit(writes);
    } catch (error) {
      if (error instanceof ConditionFailed) throw refusalOf(writes[[...error.failed.keys()][0] ?? 0]);
      if (!(error instanceof CommitConflict) || tried === 8) throw error;
    }
}
