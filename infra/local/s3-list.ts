import type { Version } from "./s3-objects.ts";

type Parts = Readonly<Record<string, string | number | boolean | undefined>>;

const escaped = (text: string) => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const elements = (parts: Parts) =>
  Object.entries(parts)
    .map(([name, value]) => (value === undefined ? "" : `<${name}>${escaped(String(value))}</${name}>`))
    .join("");
const answer = (root: string, content: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${root}>`;

const partsOf = ({ key, modified, isMarker, etag, size }: Version): Parts => ({
  Key: key,
  LastModified: modified.toISOString(),
  ...(!isMarker && { ETag: etag, Size: size, StorageClass: "STANDARD" }),
});

/** The answer of ListObjectsV2: a page of objects, and the token of the next one when there is more. */
export function objectList(
  bucket: string,
  prefix: string,
  page: readonly Version[],
  isTruncated: boolean,
): string {
  const next = isTruncated ? Buffer.from(page.at(-1)!.key).toString("base64url") : undefined;
  const contents = page.map((version) => `<Contents>${elements(partsOf(version))}</Contents>`);
  const head = { Name: bucket, Prefix: prefix, KeyCount: page.length, IsTruncated: isTruncated };
  return answer("ListBucketResult", elements({ ...head, NextContinuationToken: next }) + contents.join(""));
}

/** The key after which the page of a continuation token begins. */
export const keyOfToken = (token: string): string => Buffer.from(token, "base64url").toString();

/** The answer of ListObjectVersions, which the local cloud gives whole. */
export function versionList(bucket: string, prefix: string, versions: readonly Version[]): string {
  const entries = versions.map((version) => {
    const name = version.isMarker ? "DeleteMarker" : "Version";
    const parts = { ...partsOf(version), VersionId: version.id, IsLatest: version.isLatest };
    return `<${name}>${elements(parts)}</${name}>`;
  });
  const head = { Name: bucket, Prefix: prefix, IsTruncated: false };
  return answer("ListVersionsResult", elements(head) + entries.join(""));
}
