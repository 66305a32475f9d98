import type { Readable } from "node:stream";
import type { BucketPrefix, Grant } from "./grant.ts";

export interface LargeObjectWriter {
  /** Writes an object of a known size, 5 GB at most, without ever holding it. */
  put(key: string, body: Readable, size_bytes: number, contentType: string): Promise<void>;
}

/** Grant: write large objects below a prefix. S3's client, which is large itself, is loaded when there is one to write. */
export function writeLargeObjects(prefix: BucketPrefix): Grant<LargeObjectWriter> {
  return {
    target: { kind: "bucket", prefix },
    actions: ["s3:PutObject"],
    open: (bucket) => ({
      async put(key, body, size_bytes, contentType) {
        const { writeObjects } = await import("./bucket.ts");
        await writeObjects(prefix).open(bucket).putStream(key, body, size_bytes, contentType);
      },
    }),
  };
}
