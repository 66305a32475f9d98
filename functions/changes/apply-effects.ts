import { marketRecord } from "../../shared/domain/fitted-market.ts";
import { importRecord } from "../../shared/domain/import.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { updateAudienceEntries } from "../../shared/effects/audiences.ts";
import { mailNewUsers, mailResets } from "../../shared/effects/mail.ts";
import { queueMarketFits, registerMarkets } from "../../shared/effects/markets.ts";
import { writePropertyHistory } from "../../shared/effects/property-history.ts";
import { startJob } from "../../shared/effects/start-job.ts";
import { effectsConsumer } from "../../shared/entry/effect.ts";

export const applyEffects = effectsConsumer({
  id: "applyEffects",
  summary: "Run the effects of each change of a record",
  impact:
    "Market analyses, undos of imports and mails stay queued; the history of properties and lists of teams lag behind.",
  effects: [
    startJob(cmaRecord, "cma"),
    startJob(importRecord, "imports"),
    startJob(marketRecord, "markets"),
    writePropertyHistory,
    registerMarkets,
    queueMarketFits,
    mailNewUsers,
    mailResets,
    ...[propertyRecord, cmaRecord, taskRecord].map(updateAudienceEntries),
  ],
});
