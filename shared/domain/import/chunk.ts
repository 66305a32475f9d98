import {
  type ColumnNames,
  type Columns,
  columnsOf,
  looksLikeData,
  type Mapping,
  maxColumnName,
  maxColumns,
  maxHeaderBytes,
  twice,
} from "./columns.ts";
import { csvRecords } from "./csv.ts";
import { delimiterOf, encodingOf, headText, peek, statedDelimiter, Transcoder } from "./head.ts";
import { jsonRecords } from "./json.ts";
import { csvRow, flat, object, type RawRow } from "./raw-row.ts";
import { FileFault, type Token } from "./token.ts";
import type { Delimiter, Position } from "./written.ts";

/** How much of a file one step reads: so many rows, or the first to pass so many bytes. */
const chunkRows = 1000;
const chunkBytes = 4_000_000;

/** Bytes of a file that a step needs to see at most: a last row begins within its bytes. */
export const bytesAhead = chunkBytes + 2_000_000;

/** The rows of one step. The same position of the same file gives the same chunk. */
export interface Chunk {
  readonly rows: readonly RawRow[];
  readonly next: Position;
  /** Columns that no field was found for. */
  readonly ignored: ReadonlySet<string>;
  /** Nothing follows. */
  readonly ended: boolean;
  /** Why the file cannot be read on after these rows. */
  readonly fault: string | undefined;
}

/** What reading a file needs to know. */
export interface FileOptions {
  readonly format: "csv" | "json";
  /** The byte before which the body ends, if that is not the file's end. */
  readonly cutAt?: number | undefined;
  /** The names that columns go by. */
  readonly names: ColumnNames;
  readonly mapping?: Mapping;
  /** The columns of a CSV that has no header. */
  readonly header?: readonly string[] | undefined;
  readonly delimiter?: Delimiter | undefined;
  /** How many rows to read, if not a thousand. */
  readonly most?: number;
  /** Says why a header will not do. */
  accepts?(columns: Columns): string | undefined;
}

/** Reads the rows of one step from `body`, which begins at the position. */
export async function readChunk(
  body: AsyncIterable<Uint8Array>,
  from: Position,
  {
    format,
    cutAt,
    names: known,
    mapping = new Map(),
    most = chunkRows,
    accepts = () => undefined,
    ...said
  }: FileOptions,
): Promise<Chunk> {
  const rows: RawRow[] = [];
  const ignored = new Set<string>();
  const isStart = from.offset === 0;
  const { head, whole } = isStart ? await peek(body) : { head: Buffer.alloc(0), whole: body };
  const encoding = from.encoding ?? encodingOf(head);
  const text = headText(head, encoding);
  const stated = isStart && format === "csv" && !said.header ? statedDelimiter(text) : undefined;
  const delimiter =
    from.delimiter ??
    said.delimiter ??
    stated ??
    (format === "csv" ? delimiterOf(text, said.header, known) : ",");

  let { offset, row, header } = from;
  let skips = stated ? 1 : 0;
  const of = columnsMemo(mapping, known);
  const place = () => (format === "csv" && !header ? "The header" : `Row ${row + 1}`);
  const chunk = (ended: boolean, fault?: string): Chunk => ({
    rows,
    next: { offset, row, header, encoding, delimiter },
    ignored,
    ended,
    fault,
  });
  const name = (names: readonly string[]) => {
    const columns = of(names);
    const reason = refusal(names, mapping, said.header !== undefined, columns) ?? accepts(columns);
    if (reason) throw new FileFault(reason);
    header = names;
    for (const column of columns.ignored) ignored.add(column);
  };

  const read = {
    csv({ value }: Token<string[]>) {
      if (skips > 0) skips--;
      else if (!header) name(value.map((column) => column.normalize("NFC")));
      else if (value.some((cell) => cell.trim() !== "")) rows.push(csvRow(++row, value, header, of(header)));
    },
    json({ value }: Token<string>) {
      const read = object(value);
      if (typeof read === "string") rows.push({ row: ++row, errors: [{ path: "", message: read }] });
      else {
        const cells = known.isNested ? flat(read.cells) : read.cells;
        const columns = of(Object.keys(cells));
        for (const column of columns.ignored)
          if (ignored.size < maxColumns) ignored.add(column.slice(0, maxColumnName).toWellFormed());
        rows.push({ row: ++row, columns, ...read, cells });
      }
    },
  };

  const transcoder = new Transcoder(encoding, offset);
  try {
    if (format === "csv" && !header && said.header) name(said.header);
    const utf8 = transcoder.utf8(whole);
    const tokens = format === "csv" ? csvRecords(utf8, offset, delimiter) : jsonRecords(utf8, offset);
    for await (const token of tokens) {
      const end = transcoder.byte(token.end);
      // A last row that the window cuts, within a character perhaps.
      if (cutAt !== undefined && end > cutAt - 4) break;
      read[format](token as never);
      offset = end;
      if (rows.length >= most || offset - from.offset >= chunkBytes) return chunk(false);
    }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return chunk(false, `${place()} ${error.message}`);
  }
  if (cutAt !== undefined)
    return offset > from.offset ? chunk(false) : chunk(false, `${place()} comes after megabytes of blanks`);
  return format === "csv" && !header ? chunk(true, "The file is empty") : chunk(true);
}

/** Finds the columns of rows, which mostly have the names of the row before. */
function columnsMemo(mapping: Mapping, known: ColumnNames): (names: readonly string[]) => Columns {
  let last: { names: readonly string[]; columns: Columns } | undefined;
  return (names) => {
    const same =
      last && last.names.length === names.length && last.names.every((one, at) => one === names[at]);
    if (!last || !same) last = { names, columns: columnsOf(names, mapping, known) };
    return last.columns;
  };
}

function refusal(
  header: readonly string[],
  mapping: Mapping,
  isSaid: boolean,
  columns: Columns,
): string | undefined {
  if (header.some((column) => /[\0\uFFFD]/.test(column))) return "is not UTF-8";
  if (header.length > maxColumns) return `has more than ${maxColumns} columns`;
  if (header.some((column) => column.length > maxColumnName))
    return `has a column name of more than ${maxColumnName} characters`;
  if (Buffer.byteLength(header.join("\n")) > maxHeaderBytes) return `is longer than ${maxHeaderBytes} bytes`;
  if (!isSaid && mapping.size === 0 && looksLikeData(header, columns))
    return "is missing, the first row is data: name the columns in `header`";
  const double = twice(header);
  if (double !== undefined) return `has two columns named ${JSON.stringify(double)}`;
  const missing = [...mapping.keys()].filter((column) => !header.includes(column));
  return missing.length > 0
    ? `lacks the columns of the mapping: ${missing.join(", ").slice(0, maxColumnName).toWellFormed()}`
    : undefined;
}
