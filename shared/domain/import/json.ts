import { FileFault, maxRowBytes, type Token } from "./token.ts";

const code = (character: string) => character.charCodeAt(0);
const quote = code('"');
const backslash = code("\\");
const openObject = code("{");
const closeObject = code("}");
const openList = code("[");
const closeList = code("]");
const comma = code(",");
const colon = code(":");
const mark = [0xef, 0xbb, 0xbf];
const isBlank = (byte: number) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);

/** Names under which an answer holds its rows: RESO Web API and OData, Bridge, and common ones. */
const lists = new Set(["value", "bundle", "results", "data", "items", "listings", "rows", "records"]);
/** What a GeoJSON file says of itself; its rows are its `features`. */
const collection = "FeatureCollection";

/** What may come next between rows. */
type Gap =
  | "start" // a mark, a list, or a row
  | "row" // a row, after `[` or `,`
  | "between" // a comma, a row, or the list's end
  | "closed" // a comma or the end of the answer around the list, or nothing
  | "member" // a member of that answer
  | "done"; // nothing

/**
 * The objects of a JSON file as text, with the byte after each: those of one list, of the list in an API's answer
 * (`{"value": [...]}`), or one after another (NDJSON). `from` is the byte at which `body` begins: the file's first, or
 * one that a token ended at. Between an object's braces nothing is checked. Throws `FileFault` after the last object
 * that could be read.
 */
export async function* jsonRecords(
  body: AsyncIterable<Uint8Array>,
  from: number,
): AsyncGenerator<Token<string>> {
  const row = new Row();
  let depth = 0;
  let inText = false;
  let escaped = false;
  let position = from;
  let gap: Gap = from === 0 ? "start" : "between";
  /** The rest of an answer, behind its list. */
  let isRest = false;
  // In the first object: its last text, the last byte outside of texts, and whether a list of rows may have begun.
  let isFirst = false;
  let isCollection = false;
  let word = "";
  let last = 0;
  let mayBeList = false;

  for await (const bytes of body) {
    let taken = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (escaped) escaped = false;
      else if (inText) {
        if (byte === quote) inText = false;
        else if (byte === backslash) escaped = true;
        else if (isFirst && word.length < collection.length) word += String.fromCharCode(byte);
        if (isFirst && !inText && word === collection) isCollection = true;
      } else if (isBlank(byte)) continue;
      else if (depth === 0 || (mayBeList && (byte === openObject || byte === closeList))) {
        if (depth > 0) {
          row.drop();
          gap = "row";
        }
        mayBeList = false;
        depth = 0;
        if (byte === openObject && (gap === "start" || gap === "row" || gap === "between")) {
          isFirst = gap === "start";
          depth = 1;
          taken = at;
        } else if (gap === "member" && byte === quote) {
          depth = 1;
          inText = true;
          isFirst = false;
          isRest = true;
        } else gap = after(gap, byte, position + at);
      } else {
        mayBeList =
          isFirst &&
          depth === 1 &&
          byte === openList &&
          last === colon &&
          (lists.has(word) || (isCollection && word === "features"));
        if (byte === quote) {
          inText = true;
          word = "";
        } else if (byte === openObject) depth++;
        else if (byte === closeObject && --depth === 0) {
          gap = isRest ? "done" : "between";
          if (!isRest) {
            row.take(bytes.subarray(taken, at + 1));
            yield { value: row.text(), end: position + at + 1 };
          }
        }
        last = byte;
      }
    }
    if (depth > 0 && !isRest) row.take(bytes.subarray(taken));
    position += bytes.byteLength;
  }
  if (depth > 0) throw new FileFault("is not closed before the file ends");
}

/** What may come after a byte between rows; throws where it may not stand. */
function after(gap: Gap, byte: number, position: number): Gap {
  if (gap === "start" && position < mark.length && byte === mark[position]) return "start";
  if (gap === "start" && byte === openList) return "row";
  if (gap === "between" && byte === comma) return "row";
  if ((gap === "between" || gap === "row") && byte === closeList) return "closed";
  if (gap === "closed" && byte === comma) return "member";
  if (gap === "closed" && byte === closeObject) return "done";
  throw new FileFault(
    gap === "done" || gap === "closed" || gap === "member"
      ? "comes after the list's end"
      : "is not an object",
  );
}

/** The bytes of the row that is being read. */
class Row {
  #pieces: Uint8Array[] = [];
  #length = 0;

  take(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.byteLength;
    if (this.#length > maxRowBytes) throw new FileFault(`is longer than ${maxRowBytes} bytes`);
  }
  drop(): void {
    this.#pieces = [];
    this.#length = 0;
  }
  text(): string {
    const whole = Buffer.concat(this.#pieces).toString("utf8");
    this.drop();
    return whole;
  }
}
