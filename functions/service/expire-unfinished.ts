import { dueBy } from "../../shared/data/due.ts";
import { failJob } from "../../shared/data/jobs.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { fromItem, isAlive } from "../../shared/data/record-item.ts";
import { tableFor } from "../../shared/data/table.ts";
import { marketRecord } from "../../shared/domain/fitted-market.ts";
import { importRecord } from "../../shared/domain/import.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { pictureRecord } from "../../shared/domain/picture-record.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachOf } from "../../shared/entry/each-of.ts";

const jobs = [mediaRecord, pictureRecord, importRecord, cmaRecord, marketRecord];

export const expireUnfinished = schedule({
  id: "expireUnfinished",
  summary: "End uploads that never arrived and jobs that timed out",
  impact: "Uploads that never arrived and jobs that crashed stay unfinished.",
  everyMinutes: 15,
  timeout: 300,
  access: { table: tableFor("GetItem", "Query", "PutItem", "UpdateItem"), removals: sendTo("removals") },
  async run({ table, removals, ...stamp }) {
    await eachOf(await dueBy(table, "jobs", stamp.now), async ({ pk, sk, entity }) => {
      const type = jobs.find(({ name }) => name === entity);
      const item = await table.get({ pk, sk });
      // The index lags behind: the record may have a later deadline by now, or none.
      if (!type || !isAlive(item) || !item.due_at || String(item.due_at) > stamp.now.toISOString()) return;
      const isEnded = await failJob(table, type, fromItem(type, item) as never, "expired", stamp);
      // What was uploaded for it says where it was made: it must not wait for the bucket's own rules.
      if (isEnded && (type === mediaRecord || type === pictureRecord))
        await removals.send({ brokerage_id: String(item.brokerage_id), id: String(item.id) });
    });
  },
});
