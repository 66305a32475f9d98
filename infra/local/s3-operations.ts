import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { AwsError } from "./aws-error.ts";
import { objectBody } from "./s3-body.ts";
import type { Bucket, ObjectEvent } from "./s3-bucket.ts";
import { keyOfToken, objectList, versionList } from "./s3-list.ts";
import type { Version } from "./s3-objects.ts";
import type { Claim } from "./signature.ts";

/** A request to S3 whose caller may make it, and what it names. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The query as it was signed, and its parameters without those of the signature. */
  readonly signed: Claim["query"];
  readonly parameters: Readonly<Record<string, string | undefined>>;
  readonly bucket: Bucket;
  /** "" for a request about the bucket. */
  readonly key: string;
  /** Throws AccessDenied unless the caller may do that too. */
  authorise(action: string, resource: string): void;
  notify(event: ObjectEvent): void;
}

/** An operation: what IAM must allow, without "s3:", and what answers it. */
interface Operation {
  readonly action: string;
  readonly parameters: readonly string[];
  readonly run: (call: Call) => Promise<void> | void;
}

/** Headers of a GET that its signed URL may choose, by the parameter. */
const overrides = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
];
const readParameters = ["versionId", ...overrides.map((name) => `response-${name}`)];

const operations: Readonly<Record<string, Operation>> = {
  "GET key": { action: "GetObject", parameters: readParameters, run: getObject },
  "PUT key": { action: "PutObject", parameters: [], run: putObject },
  "DELETE key": { action: "DeleteObject", parameters: ["versionId"], run: deleteObject },
  "GET bucket": {
    action: "ListBucket",
    parameters: ["list-type", "prefix", "start-after", "continuation-token", "max-keys"],
    run: listObjects,
  },
  "GET versions": { action: "ListBucketVersions", parameters: ["versions", "prefix"], run: listVersions },
};

/** The operation that a request asks for; throws NotImplemented for what the product does not use. */
export function operationOf(
  { method, headers }: IncomingMessage,
  key: string,
  parameters: Call["parameters"],
): Operation {
  const name = `${method} ${key ? "key" : "versions" in parameters ? "versions" : "bucket"}`;
  const operation = operations[name];
  const unknown = operation
    ? (Object.keys(parameters).find((each) => !operation.parameters.includes(each)) ??
      Object.keys(headers).find((each) => /^x-amz-(copy-|tagging|acl|grant-)/.test(each)))
    : name;
  if (!operation || unknown)
    throw new AwsError("NotImplemented", 501, `The local cloud's S3 does not know ${unknown}`);
  return parameters.versionId === undefined
    ? operation
    : { ...operation, action: `${operation.action}Version` };
}

async function getObject(call: Call): Promise<void> {
  const { request, response, bucket, key, parameters } = call;
  const version = bucket.objects.find(key, parameters.versionId);
  await using file = version && !version.isMarker ? await bucket.objects.open(version) : undefined;
  if (!version || !file) {
    // Without ListBucket, S3 does not say whether an object exists.
    call.authorise("ListBucket", bucket.arn);
    throw new AwsError("NoSuchKey", 404, "The specified key does not exist");
  }
  const named = overrides.flatMap((name) => {
    const value = parameters[`response-${name}`];
    return value === undefined ? [] : [[name, value]];
  });
  const headers = {
    "content-type": "binary/octet-stream",
    ...version.headers,
    ...Object.fromEntries(named),
    "accept-ranges": "bytes",
    "last-modified": version.modified.toUTCString(),
    etag: version.etag,
    "x-amz-version-id": version.id,
  };
  if (request.headers["if-none-match"] === version.etag) return void response.writeHead(304, headers).end();
  const range = rangeOf(request.headers.range, version.size);
  const { start, end } = range ?? { start: 0, end: version.size - 1 };
  response.writeHead(range ? 206 : 200, {
    ...headers,
    "content-length": end - start + 1,
    ...(range && { "content-range": `bytes ${start}-${end}/${version.size}` }),
  });
  if (version.size === 0) return void response.end();
  await pipeline(file.createReadStream({ start, end, autoClose: false }), response);
}

/** The first and last byte that a Range header asks for; undefined without one, or with one that S3 overlooks. */
function rangeOf(range: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, from = "", to = ""] = range?.match(/^bytes=(\d*)-(\d*)$/) ?? [];
  if (from === "" && to === "") return;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end) throw new AwsError("InvalidRange", 416, "The requested range is not satisfiable");
  return { start, end };
}

async function putObject({ request, response, signed, bucket, key, notify }: Call): Promise<void> {
  const { headers } = request;
  if (!headers["content-length"] && !headers["x-amz-decoded-content-length"])
    throw new AwsError("MissingContentLength", 411, "You must provide the Content-Length HTTP header");
  const kept = Object.entries(headers).flatMap(([name, value]) => {
    const text = name === "content-encoding" ? String(value).replace(/aws-chunked,?\s*/, "") : String(value);
    return text && (overrides.includes(name) || name.startsWith("x-amz-meta-")) ? [[name, text]] : [];
  });
  const mustBeNew = headers["if-none-match"] === "*";
  const version = await bucket.objects.put(
    key,
    objectBody(request, signed),
    Object.fromEntries(kept),
    mustBeNew,
  );
  response.writeHead(200, { etag: version.etag, "x-amz-version-id": version.id }).end();
  notify(eventOf("ObjectCreated:Put", bucket, version));
}

function deleteObject({ response, bucket, key, parameters, notify }: Call): void {
  const { objects } = bucket;
  const gone = objects.delete(key, parameters.versionId);
  if (!gone) return void response.writeHead(204).end();
  const marker = gone.isMarker && { "x-amz-delete-marker": "true" };
  response.writeHead(204, { "x-amz-version-id": gone.id, ...marker }).end();
  const isNew = gone.isMarker && parameters.versionId === undefined;
  notify(eventOf(`ObjectRemoved:${isNew ? "DeleteMarkerCreated" : "Delete"}`, bucket, gone));
}

function listObjects({ response, bucket, parameters }: Call): void {
  const { prefix = "", "continuation-token": token, "start-after": startAfter = "" } = parameters;
  if (parameters["list-type"] !== "2")
    throw new AwsError("NotImplemented", 501, "The local cloud's S3 lists by ListObjectsV2 only");
  const most = Math.min(1000, Number(parameters["max-keys"]) || 1000);
  const found = bucket.objects.list(prefix, token ? keyOfToken(token) : startAfter, most + 1);
  const page = objectList(bucket.name, prefix, found.slice(0, most), found.length > most);
  response.writeHead(200, { "content-type": "application/xml" }).end(page);
}

function listVersions({ response, bucket, parameters: { prefix = "" } }: Call): void {
  const list = versionList(bucket.name, prefix, bucket.objects.versions(prefix));
  response.writeHead(200, { "content-type": "application/xml" }).end(list);
}

const eventOf = (name: string, bucket: Bucket, { key, id, size, etag }: Version): ObjectEvent => ({
  name,
  bucket: bucket.name,
  key,
  ...(name.startsWith("ObjectCreated") && { size, eTag: etag.replaceAll('"', "") }),
  versionId: id,
});
