import { createInflate } from "node:zlib";
import type { UploadRejection } from "../domain/upload-types.ts";
import { headerWithin } from "./magic-bytes.ts";

/** Limits on bytes unpacked from streams and on the number of streams: a document beyond them is rejected. */
const mostUnpacked = 1_000_000_000;
const mostStreams = 100_000;
const overlap = 256;

/** A name as a PDF may write it: any of its letters as #hh. */
const named = (name: string) =>
  [...name]
    .map((letter) => {
      const hex = letter.charCodeAt(0).toString(16);
      const digits = [...hex]
        .map((digit) => (/\d/.test(digit) ? digit : `[${digit}${digit.toUpperCase()}]`))
        .join("");
      return `(?:${letter}|#${digits})`;
    })
    .join("");
const names = (...all: string[]) => new RegExp(`/(?:${all.map(named).join("|")})(?![\\w#.-])`);

/** Actions that run something: a script, a program, a film with a script. */
const actions = names("JavaScript", "Launch", "Rendition", "RichMedia");
const script = /<script[\s>]/i;
const scriptAddress = /[(<]\s{0,20}javascript:/i;
const embeds = names("EmbeddedFile", "EmbeddedFiles");
const encrypted = names("Encrypt");
const objectStream = names("ObjStm");
/** Ways to pack objects that are not looked into here: who writes documents for an office packs them by Flate. */
const oddFilters = names("ASCIIHexDecode", "ASCII85Decode", "LZWDecode", "RunLengthDecode", "Crypt");
/** How packed objects begin: the number of each and its place. */
const objects = /^\s{0,20}\d{1,10}\s{1,20}\d{1,10}\s/;
/** Names of files that a double click runs. */
const runs =
  /\.(?:exe|com|bat|cmd|js|jse|vbs|vbe|wsf|wsh|hta|scr|msi|msp|jar|ps1|lnk|reg|dll|cpl|pif|sh|app|dmg|pkg|html?|xhtml|svg)\s*$/i;
const programs = ["MZ", "\x7fELF", "#!", "\xca\xfe\xba\xbe", "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe"];
const page = /<(?:!doctype\s+html|html[\s>]|iframe[\s>]|\?php)|<svg[\s>]/i;

/**
 * A document without what stands before `%PDF` and behind its last `%%EOF`, or why it is rejected: it is none, another
 * format hides in it, or it has something that runs.
 */
export async function cleanPdf(bytes: Buffer): Promise<Buffer | UploadRejection> {
  const start = bytes.subarray(0, headerWithin + 5).indexOf("%PDF-", 0, "latin1");
  const last = bytes.lastIndexOf("%%EOF", undefined, "latin1");
  if (start < 0 || last < start || !/^%PDF-[12]\.\d/.test(bytes.toString("latin1", start, start + 8)))
    return "type_mismatch";
  const text = bytes.toString("latin1");
  const end = last + "%%EOF".length;
  if (beginsAsOther(text.slice(0, start)) || beginsAsOther(text.slice(end, end + headerWithin)))
    return "second_format";
  if (page.test(text) || script.test(text) || holdsArchive(bytes) || holdsProgram(text))
    return "second_format";
  if (encrypted.test(text) && (objectStream.test(text) || embeds.test(text))) return "not_checkable";
  const found = runsSomething(text) ?? (await inStreams(bytes, text));
  if (found) return found;
  const lineEnd = /^[\r\n]{0,2}/.exec(text.slice(end, end + 2))![0].length;
  return bytes.subarray(start, end + lineEnd);
}

function runsSomething(text: string): UploadRejection | undefined {
  return actions.test(text) || scriptAddress.test(text) || namesProgram(text) ? "runs_something" : undefined;
}

/** Whether an embedded file has the name of a program, as text or in hexadecimal, in one byte a character or two. */
function namesProgram(text: string): boolean {
  const file = (name: string) => runs.test(name.replaceAll("\0", ""));
  for (const [, name = ""] of text.matchAll(/\/U?F\s{0,20}\(((?:[^()\\]|\\[\s\S]){1,500})\)/g))
    if (file(name)) return true;
  for (const [, digits = ""] of text.matchAll(/\/U?F\s{0,20}<([\da-fA-F\s]{1,2000})>/g))
    if (file(Buffer.from(digits.replace(/\s/g, ""), "hex").toString("latin1"))) return true;
  return false;
}

/** Every stream of a file: where its bytes begin, and what stands before it. */
function* dictionaries(text: string): Generator<readonly [start: number, before: string]> {
  for (let at = text.indexOf("stream"); at >= 0; at = text.indexOf("stream", at + 6)) {
    if (text.startsWith("end", at - 3)) continue;
    let start = at + 6;
    while (text[start] === " " || text[start] === "\t") start++;
    if (text[start] === "\r") start++;
    if (text[start] === "\n") start++;
    yield [start, text.slice(Math.max(0, at - 1000), at)];
  }
}

/** What runs in a document's packed streams, where objects may stand; they are looked at piece by piece. */
async function inStreams(bytes: Buffer, text: string): Promise<UploadRejection | undefined> {
  let left = mostUnpacked;
  let streams = 0;
  for (const [start, before] of dictionaries(text)) {
    if (++streams > mostStreams) return "too_complex";
    const hasObjects = objectStream.test(before.slice(before.lastIndexOf("endstream") + 1));
    if (objectStream.test(before) && oddFilters.test(before)) return "not_checkable";
    const isEmbedded = embeds.test(before);
    const raw = bytes.subarray(start);
    if (isEmbedded && isProgram(raw.toString("latin1", 0, 8))) return "runs_something";
    if (!isZlib(raw)) {
      if (hasObjects) return "not_checkable";
      continue;
    }
    let tail = "";
    try {
      for await (const piece of unpacked(raw)) {
        left -= piece.length;
        if (left < 0) return "too_complex";
        const seen = tail + piece.toString("latin1");
        // Packed twice, or by rows: nobody packs objects so.
        if (tail === "" && hasObjects && !objects.test(seen)) return "not_checkable";
        if (tail === "" && isEmbedded && isProgram(seen)) return "runs_something";
        const found = script.test(seen) ? "runs_something" : runsSomething(seen);
        if (found) return found;
        tail = seen.slice(-overlap);
      }
    } catch {
      // Readers stop at a fault too, but not with what is packed in another way.
      if (hasObjects) return "not_checkable";
    }
  }
  return undefined;
}

/** What zlib data unpacks to, up to its end; throws at its first fault. */
async function* unpacked(raw: Buffer): AsyncGenerator<Buffer> {
  const inflate = createInflate({ chunkSize: 65_536 });
  inflate.end(raw);
  try {
    yield* inflate as AsyncIterable<Buffer>;
  } finally {
    inflate.destroy();
  }
}

const isZlib = (raw: Buffer): boolean =>
  raw.length > 2 && (raw[0]! & 0x0f) === 8 && raw.readUInt16BE(0) % 31 === 0;
const isProgram = (start: string): boolean => programs.some((program) => start.startsWith(program));

/** Whether a ZIP stands anywhere: an entry, and behind it the record that ends one. */
function holdsArchive(bytes: Buffer): boolean {
  const end = bytes.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (end < 0 || end + 22 > bytes.length) return false;
  const entry = bytes.indexOf("PK\x03\x04", 0, "latin1");
  return (entry >= 0 && entry < end) || bytes.subarray(0, end).includes("PK\x01\x02", 0, "latin1");
}

/** How files begin that may stand before a document, or behind it. */
const others = [
  "\xff\xd8\xff",
  "\x89PNG",
  "GIF8",
  "RIFF",
  "%!PS",
  "{\\rtf",
  "\x1f\x8b",
  "PK\x03\x04",
  ...programs,
];
const beginsAsOther = (text: string): boolean => {
  const begun = text.trimStart();
  return others.some((other) => begun.startsWith(other)) || begun.startsWith("ftyp", 4);
};

/** How programs and other archives begin. */
const beginnings = [
  ...["\x01\x01", "\x01\x02", "\x02\x01", "\x02\x02"].map((kind) => `\x7fELF${kind}\x01`),
  ...["Rar!\x1a\x07\x00", "Rar!\x1a\x07\x01\x00", "7z\xbc\xaf\x27\x1c\x00"],
  ...["This program cannot be run in DOS mode", "This program must be run under Win32"],
];

/** Whether a program for Windows or Unix, or another archive, stands anywhere in the file itself. */
const holdsProgram = (text: string): boolean => beginnings.some((beginning) => text.includes(beginning));
