import * as z from "zod/mini";
import { countMedia, maxMedia } from "../../shared/data/media.ts";
import { createRecord, mustExist } from "../../shared/data/records.ts";
import { signUploads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Media, mediaRecord, NewMedia, type StoredMedia } from "../../shared/domain/media.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { UploadRequest, uploadKey } from "../../shared/domain/upload.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const createMedia = operation({
  id: "createMedia",
  method: "POST",
  path: "/v1/properties/{property_id}/media",
  permission: "property:write",
  summary: "Announce a photo, document or video and get the request that uploads it",
  description:
    "Send the bytes as `upload` says, within fifteen minutes. The media then goes to processing and to ready, or to " +
    "rejected with a reason. Images are re-encoded, which removes their metadata: location, camera and owner. " +
    `A property may have ${maxMedia} photos, documents and videos.`,
  body: NewMedia,
  answer: { status: 201, body: z.object({ media: Media, upload: UploadRequest }) },
  problems: ["limit_reached"],
  access: {
    table: writeTable("PutItem", "UpdateItem", "ConditionCheckItem"),
    uploads: signUploads("uploads/media"),
  },
  record: recordAt(propertyRecord, "property_id"),
  async run({ record: property, body, caller, commit, ...invoked }) {
    const { brokerage_id } = caller;
    const announced = { ...body, property_id: property.id, status: "awaiting_upload" } as const;
    const { record: media, writes } = createRecord(mediaRecord, brokerage_id, announced, invoked);
    const also = [
      mustExist(brokerage_id, propertyRecord, property.id),
      countMedia(brokerage_id, property.id, 1),
    ];
    return commit([...writes, ...also], { media });
  },
  async present({ media }: { media: StoredMedia }, { uploads, now }) {
    const { content_type, size_bytes, checksum_sha256 } = media;
    const expected = { content_type, size_bytes, checksum_sha256: checksum_sha256 ?? undefined };
    return { media: { ...media, urls: null }, upload: await uploads.sign(uploadKey(media), expected, now) };
  },
});
