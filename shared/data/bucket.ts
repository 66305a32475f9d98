import type { Readable } from "node:stream";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { BucketPrefix, Grant } from "./grant.ts";

/** Reads objects below a prefix; keys are given without it. Undefined when there is none. */
export interface ObjectReader {
  /** The bytes from `from` to the end (or `length` of them) as a stream, and the object's whole size. */
  stream(
    key: string,
    from?: number,
    length?: number,
  ): Promise<{ body: Readable; size_bytes: number } | undefined>;
  bytes(key: string): Promise<Buffer | undefined>;
}

export interface ObjectWriter {
  put(key: string, body: Uint8Array, contentType: string): Promise<void>;
  /** Writes an object of a known size, 5 GB at most, without ever holding it. */
  putStream(key: string, body: Readable, size_bytes: number, contentType: string): Promise<void>;
}

export interface ObjectDeleter {
  /**
   * Deletes an object for good, with its older versions; those below a delete marker, which only the bucket's rules make,
   * are left to these rules. Deleting what is not there succeeds.
   */
  delete(key: string): Promise<void>;
}

let client: S3Client | undefined;
const s3 = () => {
  client ??= new S3Client({
    forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  return client;
};

/** Grant: read objects below a prefix. */
export function readObjects(prefix: BucketPrefix): Grant<ObjectReader> {
  return {
    target: { kind: "bucket", prefix },
    actions: ["s3:GetObject"],
    open(Bucket) {
      const stream: ObjectReader["stream"] = async (key, from = 0, length) => {
        const to = length === undefined ? "" : from + length - 1;
        const Range = from > 0 || length !== undefined ? `bytes=${from}-${to}` : undefined;
        try {
          const {
            Body,
            ContentLength = 0,
            ContentRange,
          } = await s3().send(new GetObjectCommand({ Bucket, Key: `${prefix}/${key}`, Range }));
          const whole = ContentRange ? Number(ContentRange.split("/")[1]) : ContentLength;
          return { body: Body as Readable, size_bytes: whole };
        } catch (error) {
          if (isMissing(error)) return undefined;
          throw error;
        }
      };
      return {
        stream,
        async bytes(key) {
          const found = await stream(key);
          if (!found) return undefined;
          const chunks: Buffer[] = [];
          for await (const chunk of found.body) chunks.push(chunk as Buffer);
          return Buffer.concat(chunks);
        },
      };
    },
  };
}

/** Grant: write objects below a prefix. */
export function writeObjects(prefix: BucketPrefix): Grant<ObjectWriter> {
  return {
    target: { kind: "bucket", prefix },
    actions: ["s3:PutObject"],
    open: (Bucket) => ({
      async put(key, Body, ContentType) {
        await s3().send(new PutObjectCommand({ Bucket, Key: `${prefix}/${key}`, Body, ContentType }));
      },
      async putStream(key, Body, ContentLength, ContentType) {
        const named = { Bucket, Key: `${prefix}/${key}` };
        await s3().send(new PutObjectCommand({ ...named, Body, ContentLength, ContentType }));
      },
    }),
  };
}

/** Grant: delete objects below a prefix. */
export function deleteObjects(prefix: BucketPrefix): Grant<ObjectDeleter> {
  return {
    target: { kind: "bucket", prefix },
    actions: ["s3:GetObject", "s3:DeleteObjectVersion"],
    open: (Bucket) => ({
      async delete(key) {
        const named = { Bucket, Key: `${prefix}/${key}` };
        // A delete of the object alone would keep its bytes behind a marker: each version is deleted, the latest first.
        for (let VersionId = await latest(named); VersionId; VersionId = await latest(named))
          await s3().send(new DeleteObjectCommand({ ...named, VersionId }));
      },
    }),
  };
}

/** The id of an object's latest version; undefined where there is none. */
async function latest(named: { readonly Bucket: string; readonly Key: string }): Promise<string | undefined> {
  try {
    const { Body, VersionId } = await s3().send(new GetObjectCommand({ ...named, Range: "bytes=0-0" }));
    await (Body as Readable).resume().toArray();
    return VersionId;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Without ListBucket, S3 says 403 for what is not there. */
const isMissing = (error: unknown) => ["NoSuchKey", "AccessDenied"].includes((error as Error).name);
