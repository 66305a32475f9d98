import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import {
  deleteObjects,
  type ObjectDeleter,
  type ObjectReader,
  type ObjectWriter,
  readObjects,
  writeObjects,
} from "../../shared/data/bucket.ts";
import {
  deleteFiles,
  fileKey,
  mediaItem,
  mediaKey,
  readMedia,
  type StoredMedia,
  uploadKey,
} from "../../shared/data/media.ts";
import { change, nextVersion, replace } from "../../shared/data/records.ts";
import { type TableWriter, tableFor } from "../../shared/data/table.ts";
import type { Invocation } from "../../shared/domain/invocation.ts";
import type { Rejection } from "../../shared/domain/media.ts";
import { arrivals } from "../../shared/entry/arrival.ts";
import { queueWorker } from "../../shared/entry/definition.ts";
import { prepare } from "../../shared/media/prepare.ts";

interface Job extends Invocation {
  readonly table: TableWriter;
  readonly uploads: ObjectReader;
  readonly arrived: ObjectDeleter;
  readonly files: ObjectWriter;
  readonly unwanted: ObjectDeleter;
  readonly lastTry: boolean;
}

type Outcome = Partial<StoredMedia> & { readonly status: "ready" | "rejected" };
type Named = Pick<StoredMedia, "brokerage_id" | "id">;

/**
 * Works off an upload. Any number of deliveries and crashes end in one result: what is written to the bucket is the
 * same each time, and the record moves on from `processing` once.
 */
export const ingestUpload = queueWorker({
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
  async run({ message, ...job }) {
    for (const upload of message) await ingest(job, upload);
  },
});

async function ingest(job: Job, upload: Named): Promise<void> {
  const { table, unwanted, arrived } = job;
  const found = await readMedia(table, upload.brokerage_id, upload.id);
  if (found && (await claim(job, upload))) {
    const outcome = await work(job, found.media).catch(async (error) => {
      if (job.lastTry) await settle(job, upload, rejected("processing_failed"));
      throw error;
    });
    await settle(job, upload, outcome);
  }
  // Deleted before or while we worked: nobody else knows of files that came after the delete.
  if (!(await readMedia(table, upload.brokerage_id, upload.id))) await deleteFiles(unwanted, upload);
  await arrived.delete(uploadKey(upload));
}

/** False when the job is finished, or the media gone. */
function claim({ table, now, written }: Job, { brokerage_id, id }: Named): Promise<boolean> {
  return change<StoredMedia>(table, mediaKey(brokerage_id, id), (media) => {
    if (media.status !== "awaiting_upload" && media.status !== "processing") return undefined;
    const uploaded_at = media.uploaded_at ?? now.toISOString();
    return [replace(mediaItem(nextVersion(media, { status: "processing", uploaded_at }, now, written)))];
  });
}

/** Ends the job, unless another delivery of it has. */
function settle({ table, now, written }: Job, { brokerage_id, id }: Named, outcome: Outcome) {
  return change<StoredMedia>(table, mediaKey(brokerage_id, id), (media) =>
    media.status === "processing"
      ? [replace(mediaItem(nextVersion(media, outcome, now, written)))]
      : undefined,
  );
}

const rejected = (reason: Rejection): Outcome => ({ status: "rejected", reason });

/** Checks the upload against what was declared, cheapest first, and writes what is shown of it. */
async function work({ uploads, files }: Job, media: StoredMedia): Promise<Outcome> {
  const upload = await uploads.stream(uploadKey(media));
  if (!upload) throw new Error("The upload is not in the bucket");
  if (upload.size_bytes !== media.size_bytes) {
    upload.body.destroy();
    return rejected("size_mismatch");
  }
  const bytes = await buffer(upload.body);
  if (media.checksum_sha256 && createHash("sha256").update(bytes).digest("base64") !== media.checksum_sha256)
    return rejected("checksum_mismatch");
  const prepared = await prepare(bytes, media.content_type);
  if (typeof prepared === "string") return rejected(prepared);
  const { metadata, files: made } = prepared;
  await Promise.all(
    made.map(({ name, bytes, content_type }) => files.put(fileKey(media, name), bytes, content_type)),
  );
  return { status: "ready", metadata };
}
