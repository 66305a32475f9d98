import type { ContentType, UploadRejection } from "../domain/upload-types.ts";

const ascii = (bytes: Uint8Array, from: number, to: number) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1", from, to);

/** Brands of an ISO media file: the main one and those it is compatible with; none when it is no such file. */
function brands(bytes: Uint8Array): string[] {
  if (bytes.length < 16 || ascii(bytes, 4, 8) !== "ftyp") return [];
  const end = Math.min(Buffer.from(bytes.subarray(0, 4)).readUInt32BE(), bytes.length, 256);
  const all = [ascii(bytes, 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) all.push(ascii(bytes, at, at + 4));
  return all;
}

/** PDF readers look for a header in so many bytes. */
export const headerWithin = 1024;

/** Whether the bytes begin as a file of the type must; what a PDF needs more, `cleanPdf` asks for. */
const looksLike: Record<ContentType, (bytes: Uint8Array) => boolean> = {
  "image/jpeg": (bytes) => ascii(bytes, 0, 3) === "\xff\xd8\xff",
  "image/png": (bytes) => ascii(bytes, 0, 8) === "\x89PNG\r\n\x1a\n" && ascii(bytes, 12, 16) === "IHDR",
  "image/webp": (bytes) => ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP",
  "image/avif": (bytes) => brands(bytes).some((brand) => brand === "avif" || brand === "avis"),
  "image/heic": (bytes) => brands(bytes).some((brand) => /^hei[csmx]$/.test(brand)),
  "application/pdf": (bytes) => ascii(bytes, 0, headerWithin + 5).includes("%PDF-"),
  "video/mp4": (bytes) =>
    brands(bytes).some((brand) => /^(isom|iso\d|mp4\d|avc1|M4V.|dash|MSNV)$/.test(brand)),
  "video/quicktime": (bytes) => brands(bytes).includes("qt  "),
};

/** Browsers look for a page in the first 1,445 bytes. */
const sniffed = 1445;
const page = /<(!doctype|html|head|body|script|svg|iframe|\?php)/i;

/** A ZIP is found by its last record, which reaches to the file's end: before it, anything may stand. */
function endsAsArchive(bytes: Uint8Array): boolean {
  const tail = Buffer.from(bytes.subarray(-65_557));
  for (
    let at = tail.indexOf("PK\x05\x06", "latin1");
    at >= 0;
    at = tail.indexOf("PK\x05\x06", at + 1, "latin1")
  )
    if (at + 22 <= tail.length && at + 22 + tail.readUInt16LE(at + 20) === tail.length) return true;
  return false;
}

/** Compares a file with its declared type, where the readers of it and of other formats look; undefined when it fits. */
export function mismatch(bytes: Uint8Array, contentType: ContentType): UploadRejection | undefined {
  if (!looksLike[contentType](bytes)) return "type_mismatch";
  const start = ascii(bytes, 0, sniffed);
  const hides =
    page.test(start) ||
    (contentType !== "application/pdf" && start.includes("%PDF-")) ||
    endsAsArchive(bytes);
  return hides ? "second_format" : undefined;
}
