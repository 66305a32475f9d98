import { registerMarket } from "../data/markets.ts";
import { sendTo } from "../data/queue.ts";
import { tryCommit } from "../data/records.ts";
import { tableFor } from "../data/table.ts";
import { marketId } from "../domain/fitted-market.ts";
import { importRecord, type StoredImport } from "../domain/import.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { onChangeOf } from "../entry/effect.ts";

/** Markets whose records this process knows to exist. */
const noted = new Set<string>();

/** Creates the record of a closed sale's market, so that it is fitted with the others. */
export const registerMarkets = onChangeOf(propertyRecord, {
  name: "registerMarkets",
  access: { table: tableFor("PutItem") },
  async run({ after, table, ...invocation }) {
    if (!after?.location || !propertyRecord.indexAttributes?.(after).sale_cell) return;
    const { brokerage_id, location, property_type, currency } = after;
    const id = marketId({ lat: location.lat, lon: location.lng, property_type }, currency);
    const name = `${brokerage_id} ${id}`;
    if (noted.has(name)) return;
    await tryCommit(table, registerMarket(brokerage_id, id, invocation));
    noted.add(name);
  },
});

/** Seconds to wait until the records of an import's new markets exist. */
const settling = 20;

/** Queues a fit of the brokerage's markets after an import or its undo. */
export const queueMarketFits = onChangeOf(importRecord, {
  name: "queueMarketFits",
  access: { queue: sendTo("markets") },
  async run({ before, after, queue }) {
    if (hasNewSales(before, after)) await queue.send({ brokerage_id: after.brokerage_id }, settling);
  },
});

/** Queues the brokerage's market view after an import or its undo. */
export const queueMarketView = onChangeOf(importRecord, {
  name: "queueMarketView",
  access: { queue: sendTo("marketviews") },
  async run({ before, after, queue }) {
    if (hasNewSales(before, after)) await queue.send({ brokerage_id: after.brokerage_id }, settling);
  },
});

/** Whether an import has ended, or its undo. */
function hasNewSales(
  before: StoredImport | undefined,
  after: StoredImport | undefined,
): after is StoredImport {
  if (!after || after.dry_run || before?.status === after.status) return false;
  return after.status === "completed" || after.status === "undone";
}
