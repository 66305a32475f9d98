import { countMedia } from "../../shared/data/media.ts";
import { deleteRecord } from "../../shared/data/records.ts";
import { checkNotOnlyShared } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteMedia = operation({
  id: "deleteMedia",
  method: "DELETE",
  path: "/v1/media/{media_id}",
  permission: "property:write",
  summary: "Delete a photo, document or video; its files are gone within a day",
  answer: { status: 204 },
  access: { table: writeTable("PutItem", "UpdateItem") },
  record: recordAt(mediaRecord, "media_id"),
  async run({ record, guarded, caller, commit, ...invoked }) {
    checkNotOnlyShared(caller, "property", guarded, invoked.now);
    const { brokerage_id, property_id } = record;
    const writes = deleteRecord(mediaRecord, record, invoked);
    return commit([...writes, countMedia(brokerage_id, property_id, -1)], undefined);
  },
});
