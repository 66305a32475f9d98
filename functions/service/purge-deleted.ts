import { dueBy } from "../../shared/data/due.ts";
import { mediaOf } from "../../shared/data/media.ts";
import { purge } from "../../shared/data/purge.ts";
import { purgeClient, purgeInterestsIn } from "../../shared/data/purge-client.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { tableFor } from "../../shared/data/table.ts";
import { clientRecord } from "../../shared/domain/client.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { pictureRecord } from "../../shared/domain/picture-record.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachOf } from "../../shared/entry/each-of.ts";

const hasFiles = [mediaRecord, pictureRecord];

export const purgeDeleted = schedule({
  id: "purgeDeleted",
  summary: "Remove deleted records for good when they can no longer be restored",
  impact: "Deleted records and their files are kept longer than promised.",
  everyMinutes: 60,
  timeout: 300,
  access: { table: tableFor("GetItem", "Query", "DeleteItem"), removals: sendTo("removals") },
  async run({ table, removals, now }) {
    // A minute late, so that a restore that was requested just in time has finished.
    const due = await dueBy(table, "purge", new Date(now.getTime() - 60_000));
    // What cannot be removed must not keep the rest.
    await eachOf(
      due,
      ({ entity }) => ({ entity }),
      async (deleted) => {
        const brokerage_id = String(deleted.brokerage_id);
        const id = String(deleted.id);
        if (hasFiles.some(({ name }) => name === deleted.entity)) await removals.send({ brokerage_id, id });
        const media = deleted.entity === propertyRecord.name ? await mediaOf(table, brokerage_id, id) : [];
        for (const one of media) {
          await removals.send({ brokerage_id, id: one.id });
          await purge(table, recordKey(brokerage_id, mediaRecord, one.id));
        }
        if (deleted.entity === propertyRecord.name) await purgeInterestsIn(table, brokerage_id, id);
        if (deleted.entity === clientRecord.name) await purgeClient(table, brokerage_id, id);
        else await purge(table, deleted);
      },
    );
  },
});
