import { FileFault, maxRowBytes, type Token } from "./token.ts";

const code = (character: string) => character.charCodeAt(0);
const quote = code('"');
const backslash = code("\\");
const open = code("{");
const close = code("}");

/** What may stand before the first object, between two, and after the last. */
const start = /^\uFEFF?\s*\[?\s*$/;
const between = /^\s*,?\s*$/;
const ending = /^\s*\]?\s*$/;
const nothing = /^\uFEFF?\s*(\[\s*\])?\s*$/;

/**
 * The objects of a JSON file as text, with the byte after each: those of one array, or one after another (NDJSON).
 * `from` is the byte at which `body` begins: the file's first, or one that a token ended at. Between an object's
 * braces nothing is checked. Throws `FileFault` after the last object that could be read.
 */
export async function* jsonRecords(
  body: AsyncIterable<Uint8Array>,
  from: number,
): AsyncGenerator<Token<string>> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let depth = 0;
  let inText = false;
  let escaped = false;
  let position = from;
  let isFirst = from === 0;

  const take = (piece: Uint8Array) => {
    pieces.push(piece);
    length += piece.byteLength;
    if (length > maxRowBytes) throw new FileFault(`is longer than ${maxRowBytes} bytes`);
  };
  const text = () => {
    const whole = Buffer.concat(pieces).toString("utf8");
    pieces = [];
    length = 0;
    return whole;
  };

  for await (const bytes of body) {
    let taken = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (escaped) escaped = false;
      else if (inText) {
        if (byte === quote) inText = false;
        else if (byte === backslash) escaped = true;
      } else if (depth > 0 && byte === quote) inText = true;
      else if (byte === open) {
        if (depth === 0) {
          take(bytes.subarray(taken, at));
          taken = at;
          if (!(isFirst ? start : between).test(text())) throw new FileFault("is not an object");
          isFirst = false;
        }
        depth++;
      } else if (depth > 0 && byte === close && --depth === 0) {
        take(bytes.subarray(taken, at + 1));
        taken = at + 1;
        yield { value: text(), end: position + taken };
      }
    }
    take(bytes.subarray(taken));
    position += bytes.byteLength;
  }
  if (depth > 0) throw new FileFault("is not closed before the file ends");
  if (!(isFirst ? nothing : ending).test(text())) throw new FileFault("is not an object");
}
