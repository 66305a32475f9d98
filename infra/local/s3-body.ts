import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { crc32 } from "node:zlib";
import { AwsError } from "./aws-error.ts";

interface Digest {
  update(chunk: Buffer): unknown;
  digest(encoding: "base64"): string;
}

/** The checksums that a request may state, by the header, query parameter or trailer that states them in base64. */
const digests: Readonly<Record<string, () => Digest>> = {
  "x-amz-checksum-sha256": () => createHash("sha256"),
  "x-amz-checksum-crc32": crc32Digest,
  "content-md5": () => createHash("md5"),
};

/**
 * A request's body as the object's bytes, without the SDK's chunk framing. Throws AwsError at the end, before its
 * reader keeps anything, when the length or a checksum is not the one that the request states.
 */
export async function* objectBody(
  request: IncomingMessage,
  query: Readonly<Record<string, unknown>>,
): AsyncGenerator<Buffer> {
  const { headers } = request;
  const payload = String(headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD");
  const isFramed = payload === "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  const stated: Record<string, unknown> = { ...query, ...headers };
  const names = [...Object.keys(stated), headers["x-amz-trailer"] ?? ""].map(String);
  const unknown = names.find((name) => /^x-amz-checksum-(?!mode)/.test(name) && !digests[name]);
  if (unknown || (payload.startsWith("STREAMING-") && !isFramed))
    throw new AwsError("NotImplemented", 501, `The local cloud does not check ${unknown ?? payload}`);

  const checks = names.flatMap((name) => (digests[name] ? [{ name, digest: digests[name]() }] : []));
  if (/^[0-9a-f]{64}$/.test(payload)) {
    stated.payload = Buffer.from(payload, "hex").toString("base64");
    checks.push({ name: "payload", digest: createHash("sha256") });
  }
  let size = 0;
  for await (const chunk of isFramed ? unframe(request, stated) : request) {
    for (const { digest } of checks) digest.update(chunk);
    size += chunk.length;
    yield chunk;
  }
  if (size !== Number(headers["x-amz-decoded-content-length"] ?? headers["content-length"]))
    throw new AwsError("IncompleteBody", 400, "The body has not the length that the request states");
  for (const { name, digest } of checks)
    if (digest.digest("base64") !== stated[name])
      throw new AwsError("BadDigest", 400, `The ${name} you specified did not match what we received`);
}

function crc32Digest(): Digest {
  let sum = 0;
  return {
    update(chunk) {
      sum = crc32(chunk, sum);
    },
    digest(encoding) {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(sum);
      return bytes.toString(encoding);
    },
  };
}

/** Takes off `aws-chunked` framing: sized chunks, an empty one, then trailers, which are added to what is stated. */
async function* unframe(
  body: AsyncIterable<Buffer>,
  stated: Record<string, unknown>,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  // Bytes of the chunk that are still to come, with the line end after it.
  let missing = 0;
  let ended = false;
  for await (const received of body) {
    rest = Buffer.concat([rest, received]);
    while (!ended && rest.length > 0) {
      if (missing > 0) {
        const data = rest.subarray(0, Math.max(0, missing - 2));
        const taken = Math.min(missing, rest.length);
        missing -= taken;
        rest = rest.subarray(taken);
        if (data.length > 0) yield data;
        continue;
      }
      const end = rest.indexOf("\r\n");
      if (end < 0) break;
      const size = Number.parseInt(rest.subarray(0, end).toString(), 16);
      rest = rest.subarray(end + 2);
      if (size === 0) ended = true;
      else missing = size + 2;
    }
  }
  for (const line of rest.toString().split("\r\n")) {
    const [name, value] = line.split(/:(.*)/s);
    if (name && value) stated[name.toLowerCase()] = value.trim();
  }
}
