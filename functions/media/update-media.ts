import { withUrls } from "../../shared/data/media.ts";
import { patchRecord } from "../../shared/data/records.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Media, MediaPatch, mediaRecord } from "../../shared/domain/media.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const updateMedia = operation({
  id: "updateMedia",
  method: "PATCH",
  path: "/v1/media/{media_id}",
  permission: "property:write",
  summary: "Change a caption, the place in the gallery or the disclosure of alterations",
  body: MediaPatch,
  answer: { status: 200, body: Media },
  access: { table: writeTable("PutItem"), files: signReads("media") },
  record: recordAt(mediaRecord, "media_id"),
  async run({ record, body, commit, ...invoked }) {
    const changed = patchRecord(mediaRecord, record, body, invoked);
    return commit(changed.writes, changed.record);
  },
  present: (media, { files, now }) => withUrls(media, files, now),
});
