import type { ServerResponse } from "node:http";
import type S3rver from "@20minutes/s3rver";

const escaped = (text: string) => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const element = (name: string, value: string | number | boolean | undefined) =>
  value === undefined || value === "" ? "" : `<${name}>${escaped(String(value))}</${name}>`;

/** Answers ListObjectsV2: s3rver's own needs a cipher that OpenSSL 3 no longer has as soon as there is a next page. */
export async function listObjects(
  store: S3rver["store"],
  bucket: string,
  query: Readonly<Record<string, unknown>>,
  response: ServerResponse,
): Promise<void> {
  const text = (name: string) => (query[name] === undefined ? undefined : String(query[name]));
  const token = text("continuation-token");
  const encode = text("encoding-type") === "url" ? encodeURIComponent : (key: string) => key;
  const { objects, commonPrefixes, isTruncated } = await store.listObjects(bucket, {
    prefix: text("prefix"),
    delimiter: text("delimiter"),
    startAfter: token ? Buffer.from(token, "base64url").toString() : text("start-after"),
    maxKeys: Math.min(1000, Number(text("max-keys") ?? 1000)),
  });
  const contents = objects.map(({ key, size, lastModifiedDate, metadata }) =>
    [
      "<Contents>",
      element("Key", encode(key)),
      element("LastModified", lastModifiedDate.toISOString()),
      element("ETag", metadata.etag),
      element("Size", size),
      "<StorageClass>STANDARD</StorageClass></Contents>",
    ].join(""),
  );
  const prefixes = commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${element("Prefix", encode(prefix))}</CommonPrefixes>`,
  );
  const next = isTruncated ? Buffer.from(objects.at(-1)!.key).toString("base64url") : undefined;
  const body = [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    element("Name", bucket),
    element("Prefix", text("prefix")),
    element("KeyCount", objects.length + prefixes.length),
    element("IsTruncated", isTruncated),
    element("NextContinuationToken", next),
    element("EncodingType", text("encoding-type")),
    ...contents,
    ...prefixes,
    "</ListBucketResult>",
  ];
  response.writeHead(200, { "content-type": "application/xml" }).end(body.join(""));
}
