import * as z from "zod/mini";
import {
  maxMedia,
  mediaItem,
  mediaKey,
  mediaOf,
  type StoredMedia,
  uploadKey,
} from "../../shared/data/media.ts";
import { getProperty } from "../../shared/data/properties.ts";
import { create, firstVersion, standing } from "../../shared/data/records.ts";
import { signUploads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Media, NewMedia } from "../../shared/domain/media.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { UploadRequest } from "../../shared/domain/upload.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createMedia = operation({
  id: "createMedia",
  method: "POST",
  path: "/v1/properties/{property_id}/media",
  permission: "property:write",
  summary: "Announce a photo, document or video and get the request that uploads it",
  description:
    "Send the bytes as `upload` says, within fifteen minutes. The media then goes to processing and to ready, or to " +
    "rejected with a reason. Pictures are made anew from the image, so that nothing but what is seen is kept: no " +
    "place, no camera, no owner.",
  body: NewMedia,
  answer: { status: 201, body: z.object({ media: Media, upload: UploadRequest }) },
  problems: ["limit_reached"],
  access: {
    table: writeTable("Query", "PutItem", "ConditionCheckItem"),
    uploads: signUploads("uploads/media"),
  },
  record: (table, brokerageId, { property_id }) => getProperty(table, brokerageId, property_id),
  async run({ record: property, body, caller, table, now, newId, written, commit }) {
    const present = await mediaOf(table, caller.brokerage_id, property.id);
    if (present.length >= maxMedia)
      throw new Problem("limit_reached", `A property may have ${maxMedia} photos, documents and videos`);
    const id = newId();
    const media: StoredMedia = {
      ...mediaKey(caller.brokerage_id, id),
      entity: "media",
      brokerage_id: caller.brokerage_id,
      id,
      ...firstVersion({ now, written }),
      property_id: property.id,
      type: body.type,
      status: "awaiting_upload",
      reason: null,
      content_type: body.content_type,
      size_bytes: body.size_bytes,
      file_name: body.file_name,
      checksum_sha256: body.checksum_sha256 ?? null,
      caption: body.caption ?? null,
      order: body.order ?? null,
      altered: body.altered ?? null,
      metadata: null,
      uploaded_at: null,
    };
    return commit([create(mediaItem(media)), standing(property)], { media });
  },
  async present({ media }: { media: StoredMedia }, { uploads, now }) {
    const { content_type, size_bytes, checksum_sha256 } = media;
    const expected = { content_type, size_bytes, checksum_sha256: checksum_sha256 ?? undefined };
    return { media: { ...media, urls: null }, upload: await uploads.sign(uploadKey(media), expected, now) };
  },
});
