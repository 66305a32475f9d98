import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { AwsError } from "./aws-error.ts";

type Chunks = AsyncIterable<Buffer>;
type Values = Readonly<Record<string, unknown>>;

/**
 * A request's body as the object's bytes: SDK chunk framing taken off, and every checksum that the request names
 * compared at the end, so that the reader fails before it has stored anything when one differs.
 */
export function objectBody(
  body: Chunks,
  headers: IncomingHttpHeaders,
  query: Values,
  payloadHash: string,
): Readable {
  const trailers: Record<string, string> = {};
  const isChunked = payloadHash.startsWith("STREAMING-");
  if (isChunked && payloadHash !== "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
    throw new AwsError("NotImplemented", 501, `The local cloud does not read ${payloadHash}`);
  const bytes = isChunked ? unframe(body, trailers) : body;
  const isNamed = (name: string) => name in headers || name in query || headers["x-amz-trailer"] === name;
  // A checksum in a trailer is known only when the body has ended.
  const stated = (name: string) => trailers[name] ?? headers[name] ?? query[name];
  const checks = [
    hashCheck("x-amz-checksum-sha256", "sha256", "base64", stated),
    hashCheck("x-amz-checksum-sha1", "sha1", "base64", stated),
    hashCheck("content-md5", "md5", "base64", stated),
    crc32Check(stated),
  ].filter(({ name }) => isNamed(name));
  if (/^[0-9a-f]{64}$/.test(payloadHash))
    checks.push(hashCheck("x-amz-content-sha256", "sha256", "hex", () => payloadHash));
  return Readable.from(verified(bytes, checks), { objectMode: false });
}

interface Check {
  readonly name: string;
  add(chunk: Buffer): void;
  holds(): boolean;
}

type Stated = (name: string) => unknown;

function hashCheck(name: string, algorithm: string, encoding: "hex" | "base64", stated: Stated): Check {
  const hash = createHash(algorithm);
  return {
    name,
    add: (chunk) => void hash.update(chunk),
    holds: () => hash.digest(encoding) === stated(name),
  };
}

function crc32Check(stated: Stated): Check {
  const name = "x-amz-checksum-crc32";
  let sum = 0;
  const add = (chunk: Buffer) => {
    sum = crc32(chunk, sum);
  };
  const holds = () => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(sum);
    return bytes.toString("base64") === stated(name);
  };
  return { name, add, holds };
}

async function* verified(chunks: Chunks, checks: readonly Check[]) {
  for await (const chunk of chunks) {
    for (const { add } of checks) add(chunk);
    yield chunk;
  }
  for (const { holds, name } of checks)
    if (!holds())
      throw new AwsError("BadDigest", 400, `The ${name} you specified did not match what we received`);
}

/** Takes off `aws-chunked` framing: sized chunks, an empty one, then trailers. */
async function* unframe(body: Chunks, trailers: Record<string, string>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let missing = 0;
  let ended = false;
  for await (const received of body) {
    rest = rest.length > 0 ? Buffer.concat([rest, received]) : received;
    while (!ended && rest.length > 0) {
      if (missing > 2) {
        const data = rest.subarray(0, missing - 2);
        missing -= data.length;
        rest = rest.subarray(data.length);
        yield data;
      } else if (missing > 0) {
        const closing = Math.min(missing, rest.length);
        missing -= closing;
        rest = rest.subarray(closing);
      } else {
        const end = rest.indexOf("\r\n");
        if (end < 0) break;
        const size = Number.parseInt(rest.subarray(0, end).toString(), 16);
        rest = rest.subarray(end + 2);
        if (size === 0) ended = true;
        else missing = size + 2;
      }
    }
  }
  if (!ended) throw new AwsError("IncompleteBody", 400, "The request body terminated unexpectedly");
  for (const line of rest.toString().split("\r\n")) {
    const [name, value] = line.split(/:(.*)/s);
    if (name && value) trailers[name.toLowerCase()] = value.trim();
  }
}
