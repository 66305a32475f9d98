import {
  deleteObjects,
  type ObjectReader,
  type ObjectWriter,
  readObjects,
  writeObjects,
} from "../../shared/data/bucket.ts";
import { pictureKey, removePictures } from "../../shared/data/pictures.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { tableFor } from "../../shared/data/table.ts";
import { pictureRecord, type StoredPictureRecord } from "../../shared/domain/picture-record.ts";
import { uploadKey } from "../../shared/domain/upload.ts";
import { arrivals } from "../../shared/entry/arrival.ts";
import { jobWorker } from "../../shared/entry/job-worker.ts";
import { preparePicture } from "../../shared/media/prepare.ts";
import { received } from "../../shared/media/received.ts";

/** Processes an upload: what is written to the bucket is the same however often that is done. */
export const ingestPicture = jobWorker(pictureRecord, {
  id: "ingestPicture",
  queue: "pictures",
  summary: "Check an upload of a user's photo or a brokerage's logo and make what is shown of it",
  impact: "Photos of users and logos of brokerages that were uploaded are not shown.",
  memory: 1536,
  bundle: { native: ["sharp", "libheif-js"] },
  access: {
    table: tableFor("GetItem", "PutItem", "UpdateItem"),
    uploads: readObjects("uploads/pictures"),
    arrived: deleteObjects("uploads/pictures"),
    files: writeObjects("pictures"),
    unwanted: deleteObjects("pictures"),
  },
  message: arrivals("uploads/pictures"),
  async work({ record, table, uploads, files, ...stamp }) {
    const changes = await processed(record, uploads, files);
    const { brokerage_id, replaces } = record;
    const replaced = changes.status === "ready" && replaces ? [replaces] : [];
    return { changes, also: await removePictures(table, brokerage_id, replaced, stamp) };
  },
  async tidy({ message, table, arrived, unwanted }) {
    // Deleted for good before or while we worked: nobody else knows of a file that came after that.
    if (!(await table.get(recordKey(message.brokerage_id, pictureRecord, message.id))))
      await unwanted.delete(pictureKey(message));
    await arrived.delete(uploadKey(message));
  },
});

type Outcome = Pick<StoredPictureRecord, "status"> &
  Partial<Pick<StoredPictureRecord, "reason" | "width" | "height">>;

async function processed(
  picture: StoredPictureRecord,
  uploads: ObjectReader,
  files: ObjectWriter,
): Promise<Outcome> {
  const bytes = await received(uploads, picture);
  const made = typeof bytes === "string" ? bytes : await preparePicture(bytes, picture.content_type);
  if (typeof made === "string") return { status: "rejected", reason: made };
  await files.put(pictureKey(picture), made.bytes, "image/jpeg");
  return { status: "ready", width: made.width, height: made.height };
}
