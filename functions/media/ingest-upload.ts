import {
  deleteObjects,
  type ObjectReader,
  type ObjectWriter,
  readObjects,
  writeObjects,
} from "../../shared/data/bucket.ts";
import { deleteFiles, fileKey } from "../../shared/data/media.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { tableFor } from "../../shared/data/table.ts";
import { mediaRecord, type StoredMedia } from "../../shared/domain/media.ts";
import { uploadKey } from "../../shared/domain/upload.ts";
import type { UploadRejection } from "../../shared/domain/upload-types.ts";
import { arrivals } from "../../shared/entry/arrival.ts";
import { jobWorker } from "../../shared/entry/job-worker.ts";
import { prepare } from "../../shared/media/prepare.ts";
import { received } from "../../shared/media/received.ts";

interface Files {
  readonly uploads: ObjectReader;
  readonly files: ObjectWriter;
}

/** Processes an upload: what is written to the bucket is the same however often that is done. */
export const ingestUpload = jobWorker(mediaRecord, {
  id: "ingestUpload",
  queue: "media",
  summary: "Check an upload and make what is shown of it",
  impact: "Photos, documents and videos that were uploaded stay in processing or end as rejected.",
  memory: 1536,
  bundle: { native: ["sharp", "libheif-js"] },
  access: {
    table: tableFor("GetItem", "PutItem"),
    uploads: readObjects("uploads/media"),
    arrived: deleteObjects("uploads/media"),
    files: writeObjects("media"),
    unwanted: deleteObjects("media"),
  },
  message: arrivals("uploads/media"),
  work: async ({ record, uploads, files }) => ({ changes: await processed(record, { uploads, files }) }),
  async tidy({ message, table, arrived, unwanted }) {
    // Deleted for good before or while we worked: nobody else knows of files that came after that.
    if (!(await table.get(recordKey(message.brokerage_id, mediaRecord, message.id))))
      await deleteFiles(unwanted, message);
    await arrived.delete(uploadKey(message));
  },
});

type Outcome = Pick<StoredMedia, "status"> & Partial<Pick<StoredMedia, "reason" | "metadata">>;

const rejected = (reason: UploadRejection): Outcome => ({ status: "rejected", reason });

/** Checks the upload against what was declared, and writes what is shown of it. */
async function processed(media: StoredMedia, { uploads, files }: Files): Promise<Outcome> {
  const bytes = await received(uploads, media);
  if (typeof bytes === "string") return rejected(bytes);
  const prepared = await prepare(bytes, media.content_type);
  if (typeof prepared === "string") return rejected(prepared);
  const { metadata, files: made } = prepared;
  await Promise.all(
    made.map(({ name, bytes, content_type }) => files.put(fileKey(media, name), bytes, content_type)),
  );
  return { status: "ready", metadata };
}
