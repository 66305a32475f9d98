import { bare, type ColumnNames, columnsOf } from "./columns.ts";
import { type Delimiter, delimiters, type Encoding } from "./written.ts";

/** How many bytes of a file tell its encoding and delimiter. */
const headBytes = 65_536;

/** The first bytes of a body, and the body as it was. */
export async function peek(
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Buffer; readonly whole: AsyncIterable<Uint8Array> }> {
  const pieces = body[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  for (let length = 0; length < headBytes; ) {
    const { value, done } = await pieces.next();
    if (done) break;
    read.push(value);
    length += value.byteLength;
  }
  async function* whole() {
    try {
      yield* read;
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  }
  return { head: Buffer.concat(read).subarray(0, headBytes), whole: whole() };
}

/** A file's encoding by its byte order mark, or by the NUL of its first character. */
export function encodingOf(head: Uint8Array): Encoding {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (head.length >= 2 && first !== 0 && second === 0) return "utf-16le";
  return head.length >= 2 && first === 0 && second !== 0 ? "utf-16be" : "utf-8";
}

/** Text of the first bytes, without a mark; a character that was cut at the end is U+FFFD. */
export const headText = (head: Uint8Array, encoding: Encoding) => new TextDecoder(encoding).decode(head);

/** The delimiter that Excel writes in a line of its own, `sep=;`. */
export const statedDelimiter = (text: string): Delimiter | undefined =>
  /^"?sep=([,;\t|])"?(?:\r\n|\n|\r)/i.exec(text.slice(0, 12))?.[1] as Delimiter | undefined;

/** The delimiter of a CSV file: the one that makes most known columns of its first line, then most columns. */
export function delimiterOf(
  text: string,
  header: readonly string[] | undefined,
  names: ColumnNames,
): Delimiter {
  const line = firstLine(text);
  const scored = delimiters.map((delimiter) => {
    const cells = split(line, delimiter);
    const fits = header
      ? Number(cells.length === header.length)
      : Object.keys(columnsOf(cells, new Map(), names).of).length;
    return { delimiter, fits, cells: cells.filter((cell) => header || bare(cell) !== "").length };
  });
  return scored.reduce((best, one) =>
    one.fits > best.fits || (one.fits === best.fits && one.cells > best.cells) ? one : best,
  ).delimiter;
}

/** A text's first line that is not blank; quotes may hold line ends. */
function firstLine(text: string): string {
  const start = text.search(/[^\r\n]/);
  let quoted = false;
  for (let at = Math.max(start, 0); at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    else if (!quoted && (text[at] === "\n" || text[at] === "\r")) return text.slice(start, at);
  }
  return text.slice(Math.max(start, 0));
}

/** The cells of a line, roughly: what a delimiter would make of it. */
function split(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let quoted = false;
  let from = 0;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '"') quoted = !quoted;
    else if (!quoted && line[at] === delimiter) {
      cells.push(line.slice(from, at).replaceAll('"', ""));
      from = at + 1;
    }
  }
  cells.push(line.slice(from).replaceAll('"', ""));
  return cells;
}

/**
 * Makes UTF-8 of a body in UTF-16, and answers for a byte of that the file's own byte, so that a chunk ends where the
 * file can be read on. Ends of records are asked for in order.
 */
export class Transcoder {
  readonly #encoding: Encoding;
  /** What was made and not yet asked for. */
  #pending: Buffer[] = [];
  /** Where that begins: in UTF-8, and in the file. */
  #made: number;
  #file: number;

  /** `from` is the file's byte at which the body begins. */
  constructor(encoding: Encoding, from: number) {
    this.#encoding = encoding;
    this.#made = from;
    this.#file = from;
  }

  async *utf8(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    if (this.#encoding === "utf-8") return yield* body;
    // The mark is a character like others here: both readers skip it, and it counts as two bytes.
    const decoder = new TextDecoder(this.#encoding, { ignoreBOM: true });
    for await (const bytes of body) {
      const piece = Buffer.from(decoder.decode(bytes, { stream: true }));
      if (piece.length === 0) continue;
      this.#pending.push(piece);
      yield piece;
    }
  }

  /** The file's byte for the byte after a record in UTF-8. */
  byte(end: number): number {
    if (this.#encoding === "utf-8") return end;
    const pending = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    const taken = pending.subarray(0, end - this.#made);
    this.#pending = [pending.subarray(taken.length)];
    this.#made = end;
    this.#file += 2 * taken.toString("utf8").length;
    return this.#file;
  }
}
