import { type Reserve, type Spender, settleWrites } from "./ai-budget.ts";
import type { DueList } from "./record-item.ts";
import { type Stamp, tryCommit } from "./records.ts";
import type { Item, Key, TableReader, TableWriter, UpdateWrite } from "./table.ts";

/** A call of a model that has begun, and the money that is set aside for it. It stands in a request's item `work`. */
export interface OpenCall extends Omit<Spender, "brokerage_id"> {
  readonly id: string;
  readonly reserve: Reserve;
  /** When it has ended, whatever the provider does. */
  readonly until: string;
  /** The brokerage's: whoever ends it in its worker's place may not read brokerages. */
  readonly time_zone: string;
}

/** What the list of what is due calls a request's work. */
export const openCallEntity = "ai_call";

/** Seconds after its end in which the call's own worker may still say what it cost. */
const grace = 60;

/** What of a request's work puts it into the list of what is due, while a call is open: its worker may have died. */
export const whileOpen = ({ until }: OpenCall) => ({
  entity: openCallEntity,
  due_list: "deadlines" satisfies DueList,
  due_at: new Date(Date.parse(until) + grace * 1000).toISOString(),
});

/**
 * Ends a call that no worker has ended in its time: all that was set aside for it counts as spent, since nobody knows what
 * it cost. A worker that comes after that finds another step.
 */
export async function settleAbandoned(
  table: TableReader & TableWriter<UpdateWrite>,
  key: Key,
  { now, written }: Stamp,
): Promise<void> {
  const work = await table.get<Item & { readonly open?: OpenCall }>(key);
  // The index lags behind: the call may have ended, and another begun.
  if (!work?.open || String(work.due_at) > now.toISOString()) return;
  const { open, input_tokens, cost_micros: before } = work;
  const cost_micros = open.reserve.micro_usd;
  await tryCommit(table, [
    ended(key, open, written),
    ...settleWrites(
      { brokerage_id: String(work.brokerage_id), user_id: open.user_id, source: open.source },
      open.reserve,
      { input_tokens: 0, output_tokens: 0, cost_micros, isRequest: input_tokens === 0 && before === 0 },
      { now, time_zone: open.time_zone },
    ),
  ]);
}

const ended = ({ pk, sk }: Key, { id, reserve }: OpenCall, written: Stamp["written"]): UpdateWrite => ({
  Update: {
    Key: { pk, sk },
    UpdateExpression:
      "ADD step :one, cost_micros :cost SET written = :written REMOVE #open, entity, due_list, due_at",
    ConditionExpression: "#open.id = :id",
    ExpressionAttributeNames: { "#open": "open" },
    ExpressionAttributeValues: {
      ":one": 1,
      ":cost": reserve.micro_usd,
      ":written": written,
      ":id": id,
    },
  },
});
