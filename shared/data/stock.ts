import { emptyPipeline, isSame, PipelineStock, type Stock } from "../domain/analytics/stock.ts";
import type { Subject, ViewName } from "../domain/analytics/views.ts";
import { clientRecord } from "../domain/client.ts";
import { dayIn } from "../domain/days.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { taskRecord } from "../domain/task.ts";
import { putStock, updateOf } from "./buckets.ts";
import { entriesIn } from "./list.ts";
import { unclaimed, waiting } from "./open-leads.ts";
import { pack, unpack } from "./packed.ts";
import { type DueList, listedIn } from "./record-item.ts";
import { schemas } from "./schema.ts";
import {
  ConditionFailed,
  everyItem,
  type Item,
  type Key,
  type TableQuerier,
  type TableWriter,
  type UpdateWrite,
} from "./table.ts";

/**
 * What there is at a moment, counted in the records: clients by nurture status, listings, overdue tasks, unanswered leads.
 * An item of the brokerage says when it was last counted, with what result, and when it is due again: soon after
 * something has changed, else within the hour, so that every day has one.
 */
type StockTable = TableQuerier & TableWriter<UpdateWrite>;

/** The least time between two counts of 10,000 clients or fewer, and the longest of any. */
const [soon, later] = [2 * 60_000, 60 * 60_000];

/** When the next count may begin after the last: a large office reads many entries for each. */
function mayCountFrom({ taken_at }: Item, taken: Written): Date {
  const clients = taken["office office"]?.clients ?? 0;
  const pause = Math.min(later, soon * Math.max(1, Math.ceil(clients / 10_000)));
  return new Date(Date.parse(String(taken_at)) + pause);
}

const stockKey = (brokerageId: string): Key => ({ pk: `${brokerageId}#view`, sk: "stock" });

/** What was written for each subject of a view, by `<view> <subject>`. */
type Written = Readonly<Record<string, Stock>>;

/**
 * Counts the brokerage's stock and notes it in the day's buckets. Soon after the last count it only becomes due for when
 * the pause is over: `takeStock` does it then. It reads every client's entry, the entries of what is on the market, and
 * what is overdue.
 */
export async function refreshStock(
  table: StockTable,
  brokerageId: string,
  now: Date,
  zone: string,
): Promise<void> {
  const last = await table.get(stockKey(brokerageId));
  const taken = last?.packed ? unpack<Written>(last.packed) : {};
  const next = last && mayCountFrom(last, taken);
  if (next && next > now) return askAgain(table, brokerageId, last, { now, next });
  if (!(await claim(table, brokerageId, last, now))) return;
  const day = dayIn(zone, now);
  // What was written for this day, unless a count died.
  const known = last?.day === day ? taken : {};
  const stocks = await countAll(table, brokerageId, now);
  // Who had clients, and has none any more.
  for (const name of Object.keys(taken)) if (!(name in stocks)) stocks[name] = emptyPipeline;
  const changed = Object.entries(stocks).filter(([name, stock]) => !isSame(stock, known[name]));
  for (const [name, stock] of changed) {
    const [view, subject] = [name.slice(0, name.indexOf(" ")), name.slice(name.indexOf(" ") + 1)];
    const id = { view: view as ViewName, subject: subject as Subject, day };
    for (const write of putStock(brokerageId, id, stock, zone)) await table.commit([write]);
  }
  await note(table, brokerageId, { now, day, stocks });
}

/** Counts everything, by `<view> <subject>`. */
async function countAll(
  table: TableQuerier,
  brokerage_id: string,
  now: Date,
): Promise<Record<string, Stock>> {
  const pipeline = new PipelineStock(now);
  const clients = entriesIn(table, "kind_at", { brokerage_id, kind: clientRecord.name });
  for await (const entry of clients) pipeline.add(listedIn(clientRecord, entry));
  const listings = (state: string) =>
    count(entriesIn(table, "state_at", { brokerage_id, kind: propertyRecord.name, state }));
  const leads = (audience: string) => count(entriesIn(table, "audience_at", { brokerage_id, audience }));
  const office = {
    active: await listings("active"),
    under_offer: await listings("under_offer"),
    clients: pipeline.clients,
    overdue_tasks: await countOverdue(table, brokerage_id, now),
    waiting_leads: (await leads(unclaimed)) + (await leads(waiting)),
  };
  const ofPipeline = [...pipeline.stocks()].map(([subject, stock]) => [`pipeline ${subject}`, stock]);
  return { ...Object.fromEntries(ofPipeline), "office office": office };
}

async function count(entries: AsyncIterable<unknown>): Promise<number> {
  let all = 0;
  for await (const _ of entries) all++;
  return all;
}

/** Tasks that are not finished and were due before now; those that show a job are never due. */
async function countOverdue(table: TableQuerier, brokerageId: string, now: Date): Promise<number> {
  let all = 0;
  for (const state of ["pending", "processing"])
    all += await count(
      everyItem(table, {
        IndexName: "state_rank",
        KeyConditionExpression:
          "brokerage_id = :brokerage AND #kind = :kind AND #state = :state AND #rank < :now",
        ExpressionAttributeNames: { "#kind": "kind", "#state": "state", "#rank": "rank" },
        ExpressionAttributeValues: {
          ":brokerage": brokerageId,
          ":kind": taskRecord.name,
          ":state": state,
          ":now": now.getTime(),
        },
      }),
    );
  return all;
}

const dueAt = (at: Date) => ({ due_list: "stock" satisfies DueList, due_at: at.toISOString() });

/** What has changed since the last count is counted once its pause is over. */
async function askAgain(
  table: StockTable,
  brokerageId: string,
  last: Item,
  { now, next }: { readonly now: Date; readonly next: Date },
): Promise<void> {
  const taken = String(last.taken_at);
  if (last.asked && String(last.asked) >= taken) return;
  await tryUpdate(table, brokerageId, { asked: now.toISOString(), ...dueAt(next) }, ifLast(taken));
}

/**
 * Begins a count, of two at the same time one. What was written before no longer counts as written, and the next is due
 * soon, until this one has ended.
 */
function claim(table: StockTable, brokerageId: string, last: Item | undefined, now: Date): Promise<boolean> {
  const attributes = {
    ...{ schema: schemas.stock, brokerage_id: brokerageId, id: brokerageId, day: null },
    ...{ taken_at: now.toISOString(), ...dueAt(new Date(now.getTime() + soon)) },
  };
  const condition = last
    ? ifLast(String(last.taken_at))
    : { ConditionExpression: "attribute_not_exists(taken_at)" };
  return tryUpdate(table, brokerageId, attributes, condition);
}

/** Ends a count, unless another has begun or was asked for since. */
const note = (
  table: StockTable,
  brokerageId: string,
  { now, day, stocks }: { readonly now: Date; readonly day: string; readonly stocks: Written },
): Promise<boolean> =>
  tryUpdate(
    table,
    brokerageId,
    { day, packed: pack(stocks), ...dueAt(new Date(now.getTime() + later)) },
    ifLast(now.toISOString(), "(attribute_not_exists(asked) OR asked < :last)"),
  );

const ifLast = (taken: string, also?: string) => ({
  ConditionExpression: ["taken_at = :last", ...(also ? [also] : [])].join(" AND "),
  ExpressionAttributeValues: { ":last": taken },
});

/** Sets attributes of the brokerage's item; false where the condition does not hold. */
async function tryUpdate(
  table: StockTable,
  brokerageId: string,
  attributes: Readonly<Record<string, unknown>>,
  condition: Partial<UpdateWrite["Update"]>,
): Promise<boolean> {
  try {
    await table.commit([updateOf(stockKey(brokerageId), attributes, condition)]);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
