import { openCallEntity, settleAbandoned } from "../../shared/data/ai-open-calls.ts";
import { dueBy } from "../../shared/data/due.ts";
import { failJob } from "../../shared/data/jobs.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { endOf, fromItem, isAlive, jobDeadline } from "../../shared/data/record-item.ts";
import { changeRecord, tryCommit } from "../../shared/data/records.ts";
import { removeEndedShares } from "../../shared/data/shares.ts";
import { tableFor } from "../../shared/data/table.ts";
import { aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { erasureRecord } from "../../shared/domain/erasure.ts";
import { exportRecord } from "../../shared/domain/export.ts";
import { marketRecord } from "../../shared/domain/fitted-market.ts";
import { handOverRecord } from "../../shared/domain/hand-over.ts";
import { importRecord } from "../../shared/domain/import.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { ownedTypes } from "../../shared/domain/owned-types.ts";
import { pictureRecord } from "../../shared/domain/picture-record.ts";
import type { AnyRecordType, RecordOf } from "../../shared/domain/record-type.ts";
import { firstEnd } from "../../shared/domain/share.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachOf } from "../../shared/entry/each-of.ts";

const types: readonly AnyRecordType[] = [
  mediaRecord,
  pictureRecord,
  importRecord,
  marketRecord,
  handOverRecord,
  erasureRecord,
  exportRecord,
  aiRequestRecord,
  ...ownedTypes,
];

/** Many shares end at the same moment, "Friday at six": so many records a run, in a minute or two. */
const most = 5000;

export const expireUnfinished = schedule({
  id: "expireUnfinished",
  summary:
    "End uploads that never arrived, jobs that timed out and calls of models whose worker died; remove shares that have " +
    "ended, and files of exports",
  impact:
    "Uploads that never arrived and jobs that crashed stay unfinished; ended shares stay in their records, files of " +
    "exports in the bucket, and money for calls of models that crashed set aside.",
  everyMinutes: 10,
  timeout: 300,
  access: {
    table: tableFor("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"),
    removals: sendTo("removals"),
  },
  async run({ table, removals, ...stamp }) {
    const isPast = (at: unknown) => at !== undefined && String(at) <= stamp.now.toISOString();
    const due = await dueBy(table, "deadlines", stamp.now, most);
    await eachOf(
      due,
      ({ entity }) => ({ entity }),
      async ({ pk, sk, entity }) => {
        if (entity === openCallEntity) return settleAbandoned(table, { pk, sk }, stamp);
        const type = types.find(({ name }) => name === entity);
        const item = await table.get({ pk, sk });
        // The index lags behind: the record may have a later deadline by now, or none.
        if (!type || !isAlive(item) || !isPast(item.due_at)) return;
        const record: RecordOf<AnyRecordType> = fromItem(type, item);
        if (isPast(jobDeadline(type, record))) {
          const isEnded = await failJob(table, type, record, "expired", stamp);
          // What was uploaded for it says where it was made: it must not wait for the bucket's own rules.
          if (isEnded && (type === mediaRecord || type === pictureRecord))
            await removals.send({ brokerage_id: record.brokerage_id, id: record.id });
        }
        if (isPast(firstEnd(record.shares))) await removeEndedShares(table, type, record, stamp);
        if (isPast(endOf(type, record))) {
          // The file first: a run that dies between the two finds the record again.
          await removals.send({ brokerage_id: record.brokerage_id, id: record.id });
          await tryCommit(table, changeRecord(type, record, type.ends!.ended(record), stamp).writes);
        }
      },
    );
  },
});
