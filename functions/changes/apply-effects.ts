import { aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { erasureRecord } from "../../shared/domain/erasure.ts";
import { exportRecord } from "../../shared/domain/export.ts";
import { marketRecord } from "../../shared/domain/fitted-market.ts";
import { handOverRecord } from "../../shared/domain/hand-over.ts";
import { importRecord } from "../../shared/domain/import.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { ownedTypes, searchedTypes } from "../../shared/domain/owned-types.ts";
import { noteEvents } from "../../shared/effects/analytics-events.ts";
import { updateAudienceEntries } from "../../shared/effects/audiences.ts";
import {
  scoreClients,
  scoreInteractions,
  scoreInterests,
  scoreLooks,
} from "../../shared/effects/lead-scores.ts";
import { closeLeads, queueEnquiries } from "../../shared/effects/leads.ts";
import { mailNewEmails, mailResets } from "../../shared/effects/mail.ts";
import { queueMarketFits, queueMarketView, registerMarkets } from "../../shared/effects/markets.ts";
import { showPrimaryPhoto } from "../../shared/effects/primary-photo.ts";
import { writePropertyHistory } from "../../shared/effects/property-history.ts";
import { mailDueTasks, placeReminders } from "../../shared/effects/reminders.ts";
import { updateSearchWords } from "../../shared/effects/search-words.ts";
import { startJob } from "../../shared/effects/start-job.ts";
import { mailEnquiries, mailGivenClients, mailGivenTasks } from "../../shared/effects/work-mails.ts";
import { effectsConsumer } from "../../shared/entry/effect.ts";

export const applyEffects = effectsConsumer({
  id: "applyEffects",
  summary: "Run the effects of each change of a record",
  impact:
    "Analyses, exports, hand-overs, undos of imports, requests to the assistant, enquiries of websites and mails stay queued; histories, searches, " +
    "reminders of tasks, scores of clients, photos in lists, the lists of teams and all numbers lag behind.",
  effects: [
    startJob(cmaRecord, "cma"),
    startJob(importRecord, "imports"),
    startJob(exportRecord, "exports"),
    startJob(marketRecord, "markets"),
    startJob(handOverRecord, "handovers"),
    startJob(erasureRecord, "erasures"),
    startJob(aiRequestRecord, "ai"),
    writePropertyHistory,
    showPrimaryPhoto,
    registerMarkets,
    queueMarketFits,
    queueMarketView,
    queueEnquiries,
    closeLeads,
    scoreInteractions,
    scoreInterests,
    scoreLooks,
    scoreClients,
    mailNewEmails,
    mailResets,
    placeReminders,
    mailDueTasks,
    mailGivenTasks,
    mailGivenClients,
    mailEnquiries,
    ...noteEvents,
    ...ownedTypes.map(updateAudienceEntries),
    ...searchedTypes.map(updateSearchWords),
  ],
});
