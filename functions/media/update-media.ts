import { mediaItem, readMedia, type StoredMedia, withUrls } from "../../shared/data/media.ts";
import { nextVersion, replace } from "../../shared/data/records.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Media, MediaPatch } from "../../shared/domain/media.ts";
import { operation } from "../../shared/entry/definition.ts";

export const updateMedia = operation({
  id: "updateMedia",
  method: "PATCH",
  path: "/v1/media/{media_id}",
  permission: "property:write",
  summary: "Change a caption, the place in the gallery or the disclosure of alterations",
  body: MediaPatch,
  answer: { status: 200, body: Media },
  access: { table: writeTable("PutItem"), files: signReads("media") },
  record: (table, brokerageId, { media_id }) => readMedia(table, brokerageId, media_id),
  async run({ record, body, now, written, commit }) {
    const next = nextVersion(record.media, body, now, written);
    return commit([replace(mediaItem(next))], next);
  },
  present: (media: StoredMedia, { files, now }) => withUrls(media, files, now),
});
