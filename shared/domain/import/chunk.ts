import type { InputError } from "../problem.ts";
import { type Columns, columnsOf, type Mapping } from "./columns.ts";
import { csvRecords } from "./csv.ts";
import { jsonRecords } from "./json.ts";
import { FileFault, type Token } from "./token.ts";

/** How much of a file one step reads: so many rows, or the first to pass so many bytes. */
const chunkRows = 1000;
const chunkBytes = 4_000_000;

/** Bytes of a file that a step needs to see at most: a last row begins within its bytes. */
export const bytesAhead = chunkBytes + 2_000_000;

const maxColumns = 500;
const maxColumnName = 200;

/** A row as its columns, or why it is none. */
export type RawRow =
  | { readonly row: number; readonly cells: Readonly<Record<string, unknown>>; readonly columns: Columns }
  | { readonly row: number; readonly errors: readonly InputError[] };

/** Where in a file a step begins. */
export interface Position {
  readonly offset: number;
  /** Rows before it. */
  readonly row: number;
  /** A CSV's columns, once read. */
  readonly header: readonly string[] | null;
}

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

interface Options {
  readonly format: "csv" | "json";
  /** The byte before which the body ends, if that is not the file's end. */
  readonly cutAt?: number | undefined;
  readonly mapping: Mapping;
  /** Says why a header will not do. */
  accepts(columns: Columns): string | undefined;
}

/** Reads the rows of one step from `body`, which begins at the position. */
export async function readChunk(
  body: AsyncIterable<Uint8Array>,
  from: Position,
  { format, cutAt, mapping, accepts }: Options,
): Promise<Chunk> {
  const rows: RawRow[] = [];
  const ignored = new Set<string>();
  let { offset, row, header } = from;
  let columns: Columns | undefined = header ? columnsOf(header, mapping) : undefined;
  const chunk = (ended: boolean, fault?: string): Chunk => ({
    rows,
    next: { offset, row, header },
    ignored,
    ended,
    fault,
  });

  const read = {
    csv({ value }: Token<string[]>) {
      if (!header || !columns) {
        const found = columnsOf(value, mapping);
        const reason = refusal(value, mapping) ?? accepts(found);
        if (reason) throw new FileFault(reason);
        header = value;
        columns = found;
        for (const column of columns.ignored) ignored.add(column);
      } else if (value.length > 1 || value[0]?.trim() !== "")
        rows.push(csvRow(++row, value, header, columns));
    },
    json({ value }: Token<string>) {
      const cells = object(value);
      if (cells) {
        columns = columnsOf(Object.keys(cells), mapping);
        for (const column of columns.ignored)
          if (ignored.size < maxColumns) ignored.add(column.slice(0, maxColumnName));
        rows.push({ row: ++row, cells, columns });
      } else rows.push({ row: ++row, errors: [{ path: "", message: "is not JSON" }] });
    },
  };

  const place = () => (format === "csv" && !header ? "The header" : `Row ${row + 1}`);
  try {
    const tokens = format === "csv" ? csvRecords(body, offset) : jsonRecords(body, offset);
    for await (const token of tokens) {
      if (token.end === cutAt) break;
      read[format](token as never);
      offset = token.end;
      if (rows.length >= chunkRows || offset - from.offset >= chunkBytes) return chunk(false);
    }
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return chunk(false, `${place()} ${error.message}`);
  }
  if (cutAt !== undefined)
    return offset > from.offset ? chunk(false) : chunk(false, `${place()} comes after megabytes of blanks`);
  return format === "csv" && !header ? chunk(true, "The file is empty") : chunk(true);
}

function refusal(header: readonly string[], mapping: Mapping): string | undefined {
  if (header.some((column) => /[\0\uFFFD]/.test(column))) return "is not UTF-8";
  if (header.length === 1 && /[;\t|]/.test(header[0]!))
    return "is not separated by commas: save the file as CSV with commas";
  if (header.length > maxColumns) return `has more than ${maxColumns} columns`;
  if (header.some((column) => column.length > maxColumnName))
    return `has a column name of more than ${maxColumnName} characters`;
  const missing = Object.keys(mapping).filter((column) => !header.includes(column));
  return missing.length > 0 ? `lacks the columns of the mapping: ${missing.join(", ")}` : undefined;
}

function csvRow(row: number, values: readonly string[], header: readonly string[], columns: Columns): RawRow {
  if (values.length !== header.length)
    return {
      row,
      errors: [{ path: "", message: `has ${values.length} values for ${header.length} columns` }],
    };
  return { row, cells: Object.fromEntries(header.map((column, at) => [column, values[at]])), columns };
}

/** A row's JSON with the halves of its location beside the rest. */
function object(text: string): Record<string, unknown> | undefined {
  try {
    const row = JSON.parse(text);
    const { location, ...cells } = row;
    return typeof location === "object" ? { ...cells, ...location } : row;
  } catch {
    return undefined;
  }
}
