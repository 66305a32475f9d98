import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { ObjectReader } from "../data/bucket.ts";
import { uploadKey } from "../domain/upload.ts";
import type { UploadRejection } from "../domain/upload-types.ts";

/** What was announced of an upload. */
interface Announced {
  readonly brokerage_id: string;
  readonly id: string;
  readonly size_bytes: number;
  readonly checksum_sha256: string | null;
}

/** The bytes that were uploaded for a record, or how they differ from what was announced; cheapest check first. */
export async function received(
  uploads: ObjectReader,
  announced: Announced,
): Promise<Buffer | UploadRejection> {
  const upload = await uploads.stream(uploadKey(announced));
  if (!upload) throw new Error("The upload is not in the bucket");
  const { size_bytes, checksum_sha256 } = announced;
  if (upload.size_bytes !== size_bytes) {
    upload.body.destroy();
    return "size_mismatch";
  }
  const bytes = await buffer(upload.body);
  if (checksum_sha256 && createHash("sha256").update(bytes).digest("base64") !== checksum_sha256)
    return "checksum_mismatch";
  return bytes;
}
