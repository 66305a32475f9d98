import { withUrls } from "../../shared/data/media.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { readTable } from "../../shared/data/table.ts";
import { Media, mediaRecord } from "../../shared/domain/media.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getMedia = operation({
  id: "getMedia",
  method: "GET",
  path: "/v1/media/{media_id}",
  permission: "property:read",
  summary: "Show a photo, document or video with fresh URLs",
  answer: { status: 200, body: Media },
  access: { table: readTable, files: signReads("media") },
  record: recordAt(mediaRecord, "media_id"),
  async run({ record }) {
    return record;
  },
  present: (media, { files, now }) => withUrls(media, files, now),
});
