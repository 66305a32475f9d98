import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { BucketPrefix, Grant } from "./grant.ts";

/** The request with which a client uploads the bytes. */
interface Upload {
  readonly url: string;
  readonly method: "PUT";
  /** Headers to send; Content-Length is signed too, and every HTTP client sets it by itself. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expires_at: string;
}

/** What may arrive: exactly this type, this many bytes and, when given, this SHA-256 (base64). */
interface Expected {
  readonly content_type: string;
  readonly size_bytes: number;
  readonly checksum_sha256?: string | undefined;
}

/** Signs uploads. `key` is the object's key without the prefix. */
interface UploadSigner {
  sign(key: string, expected: Expected, now: Date): Promise<Upload>;
}

/**
 * Signs reads that show the object as `content_type`, inline or as a download under `file_name`. One that is `hourly` is
 * the same URL within each hour, so that caches keep what it shows; it works until the end of the next.
 */
export interface ReadSigner {
  sign(
    key: string,
    shown: { content_type: string; download_as?: string | undefined; hourly?: boolean },
    now: Date,
  ): Promise<string>;
}

const uploadMinutes = 15;
const readMinutes = 15;
const hour = 3_600_000;

/** Grant: sign uploads below a prefix. */
export function signUploads(prefix: BucketPrefix): Grant<UploadSigner> {
  return {
    target: { kind: "bucket", prefix },
    actions: ["s3:PutObject"],
    open: (bucket) => ({
      async sign(key, { content_type, size_bytes, checksum_sha256 }, now) {
        const headers = {
          "content-type": content_type,
          // The first upload counts: S3 answers 412 to another one while the object exists.
          "if-none-match": "*",
          ...(checksum_sha256 ? { "x-amz-checksum-sha256": checksum_sha256 } : {}),
        };
        const signed = { ...headers, "content-length": String(size_bytes) };
        const url = await presign("PUT", bucket, `${prefix}/${key}`, signed, {}, uploadMinutes, now);
        const expires = new Date(now.getTime() + uploadMinutes * 60_000);
        return { url, method: "PUT", headers, expires_at: expires.toISOString() };
      },
    }),
  };
}

/** Grant: sign reads below a prefix. */
export function signReads(prefix: BucketPrefix): Grant<ReadSigner> {
  return {
    target: { kind: "bucket", prefix },
    actions: ["s3:GetObject"],
    open: (bucket) => ({
      sign(key, { content_type, download_as, hourly }, now) {
        const disposition =
          download_as === undefined
            ? "inline"
            : `attachment; filename*=UTF-8''${encodeURIComponent(download_as)}`;
        const query = {
          "response-content-type": content_type,
          "response-content-disposition": disposition,
          "response-cache-control": hourly ? "public, max-age=3600" : "private, max-age=600",
        };
        const path = `${prefix}/${key}`;
        if (!hourly) return presign("GET", bucket, path, {}, query, readMinutes, now);
        const began = new Date(Math.floor(now.getTime() / hour) * hour);
        return presign("GET", bucket, path, {}, query, 120, began);
      },
    }),
  };
}

/** The S3 client would sign the same, at 1.5 times the start-up cost (`npm run bench`). */
async function presign(
  method: "GET" | "PUT",
  bucket: string,
  key: string,
  headers: Record<string, string>,
  query: Record<string, string>,
  minutes: number,
  now: Date,
): Promise<string> {
  const {
    AWS_REGION = "us-east-1",
    AWS_ENDPOINT_URL,
    AWS_ACCESS_KEY_ID = "",
    AWS_SECRET_ACCESS_KEY = "",
    AWS_SESSION_TOKEN,
  } = process.env;
  const base = new URL(AWS_ENDPOINT_URL ?? `https://${bucket}.s3.${AWS_REGION}.amazonaws.com`);
  const path = `${AWS_ENDPOINT_URL ? `/${bucket}` : ""}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const signer = new SignatureV4({
    service: "s3",
    region: AWS_REGION,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    },
    sha256: Sha256,
    uriEscapePath: false,
  });
  const request = await signer.presign(
    {
      method,
      protocol: base.protocol,
      hostname: base.hostname,
      ...(base.port ? { port: Number(base.port) } : {}),
      path,
      query,
      headers: { ...headers, host: base.host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    },
    {
      expiresIn: minutes * 60,
      signingDate: now,
      // S3 checks the bytes against a checksum only in a signed header, not in the query.
      unhoistableHeaders: new Set(["x-amz-checksum-sha256"]),
    },
  );
  const search = new URLSearchParams(request.query as Record<string, string>);
  // S3 compares the query as signed, where a space is %20.
  return `${base.origin}${path}?${search.toString().replaceAll("+", "%20")}`;
}

/** node:crypto behind the signer's interface. */
class Sha256 {
  #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? createHash("sha256")
        : createHmac("sha256", secret as string | NodeJS.ArrayBufferView);
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(data as string | NodeJS.ArrayBufferView);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}
