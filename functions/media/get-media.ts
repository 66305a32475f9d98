import { readMedia, type StoredMedia, withUrls } from "../../shared/data/media.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { readTable } from "../../shared/data/table.ts";
import { Media } from "../../shared/domain/media.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getMedia = operation({
  id: "getMedia",
  method: "GET",
  path: "/v1/media/{media_id}",
  permission: "property:read",
  summary: "Show a photo, document or video with fresh URLs",
  answer: { status: 200, body: Media },
  access: { table: readTable, files: signReads("media") },
  record: (table, brokerageId, { media_id }) => readMedia(table, brokerageId, media_id),
  async run({ record }) {
    return record.media;
  },
  present: (media: StoredMedia, { files, now }) => withUrls(media, files, now),
});
