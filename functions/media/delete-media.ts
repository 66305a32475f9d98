import { readMedia } from "../../shared/data/media.ts";
import { bury } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { operation } from "../../shared/entry/definition.ts";

export const deleteMedia = operation({
  id: "deleteMedia",
  method: "DELETE",
  path: "/v1/media/{media_id}",
  permission: "property:write",
  summary: "Delete a photo, document or video with its files",
  answer: { status: 204 },
  access: { table: writeTable("PutItem") },
  record: (table, brokerageId, { media_id }) => readMedia(table, brokerageId, media_id),
  async run({ record, now, written, commit }) {
    return commit([bury(record.media, now, written)], null);
  },
});
