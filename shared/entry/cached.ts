import { createHash } from "node:crypto";
import type { Headers, Result } from "./page.ts";

/** An ETag of a text, without the quotes: another text has another one. */
export const tagOf = (text: string): string =>
  createHash("sha256").update(text).digest("base64url").slice(0, 22);

/** Whether If-None-Match names an ETag; a GET is compared weakly (RFC 9110, 13.1.2). */
export function isKnown(etag: string, ifNoneMatch = ""): boolean {
  const known = ifNoneMatch.split(",").map((tag) => tag.trim());
  return known.includes("*") || known.some((tag) => tag.replace("W/", "") === etag.replace("W/", ""));
}

/** An answer that caches keep for so many seconds, with a strong ETag of its bytes; 304 to who has these bytes. */
export function kept(answer: Result, seconds: number, headers: Headers): Result {
  const etag = `"${tagOf(answer.body ?? "")}"`;
  const own = { etag, "cache-control": `public, max-age=${seconds}` };
  if (isKnown(etag, headers["if-none-match"])) return { statusCode: 304, headers: own };
  return { ...answer, headers: { ...answer.headers, ...own } };
}
