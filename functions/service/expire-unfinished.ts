import { dueBy } from "../../shared/data/due.ts";
import { failJob, hasWork } from "../../shared/data/jobs.ts";
import { fromItem, isAlive } from "../../shared/data/record-item.ts";
import { tableFor } from "../../shared/data/table.ts";
import { marketRecord } from "../../shared/domain/fitted-market.ts";
import { importRecord } from "../../shared/domain/import.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { errorFields, log } from "../../shared/entry/log.ts";

const jobs = [mediaRecord, importRecord, cmaRecord, marketRecord];

export const expireUnfinished = schedule({
  id: "expireUnfinished",
  summary: "End uploads that never came and jobs that nobody finishes",
  impact: "Uploads that never came and jobs that died stay unfinished for ever.",
  everyMinutes: 15,
  timeout: 300,
  access: { table: tableFor("GetItem", "Query", "PutItem") },
  async run({ table, ...stamp }) {
    // What cannot be ended must not keep the rest from its end.
    let stuck = 0;
    for (const { pk, sk, entity } of await dueBy(table, "jobs", stamp.now)) {
      const type = jobs.find(({ name }) => name === entity);
      try {
        const item = await table.get({ pk, sk });
        // The index lags behind: what moved on meanwhile has another deadline, or none.
        if (!type || !isAlive(item) || String(item.due_at) > stamp.now.toISOString()) continue;
        const record = fromItem(type, item);
        if (hasWork(type, record)) await failJob(table, type, record as never, "expired", stamp);
      } catch (error) {
        stuck++;
        log("record_stuck", { entity, ...errorFields(error) });
      }
    }
    if (stuck > 0) throw new Error(`${stuck} unfinished records could not be ended`);
  },
});
