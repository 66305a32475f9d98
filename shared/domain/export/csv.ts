import * as z from "zod/mini";

/**
 * How an export's CSV is written: RFC 4180 in UTF-8, with the mark by which Excel knows UTF-8, lines ending in CRLF, the
 * first of them the names of the columns.
 */
export const byteOrderMark = "\ufeff";

/** A column: its name, and where in a row its value stands. */
export interface Column {
  readonly name: string;
  readonly path: readonly string[];
}

/**
 * The columns of a schema's records: a field's own, those of an object in it as `<field>_<name>`. `more` names what
 * maps hold, by the field of the map (fields that a brokerage defines).
 */
export function columnsOf(
  schema: z.core.$ZodType,
  more: Readonly<Record<string, readonly string[]>> = {},
  path: readonly string[] = [],
): Column[] {
  const known = bare(schema);
  if (known instanceof z.ZodMiniObject)
    return Object.entries(known.shape).flatMap(([name, inner]) => columnsOf(inner, more, [...path, name]));
  if (known instanceof z.ZodMiniRecord)
    return (more[path.at(-1)!] ?? []).map((name) => column([...path, name]));
  return [column(path)];
}

const column = (path: readonly string[]): Column => ({ name: path.join("_"), path });

/** A schema without what says that a value may be absent. */
function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodMiniNullable ||
    schema instanceof z.ZodMiniOptional ||
    schema instanceof z.ZodMiniDefault
  )
    return bare(schema.def.innerType);
  return schema;
}

/** The first line: the columns' names. */
export const headerLine = (columns: readonly Column[]): string => line(columns.map(({ name }) => name));

/** A row's line. */
export const rowLine = (columns: readonly Column[], row: object): string =>
  line(columns.map(({ path }) => valueAt(row, path)));

function valueAt(row: object, path: readonly string[]): unknown {
  let value: unknown = row;
  for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
  return value;
}

const line = (values: readonly unknown[]) => `${values.map(cell).join(",")}\r\n`;

/** A value as a cell: nothing known is empty, lists of texts stand beside each other, all else is JSON. */
function cell(value: unknown): string {
  switch (typeof value) {
    // A number is written as one, its sign included: it is no formula.
    case "number":
    case "boolean":
      return String(value);
    case "string":
      return quoted(harmless(value));
    case "object":
      if (value === null) return "";
      if (Array.isArray(value) && value.every((one) => typeof one === "string"))
        return quoted(harmless(value.join("; ")));
      return quoted(harmless(JSON.stringify(value)));
    default:
      return "";
  }
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * A text that no spreadsheet runs as a formula: an apostrophe before what would begin one, as spreadsheets themselves
 * mark text. One that begins so already gets another, so that `asWritten` gives back every text.
 */
export const harmless = (text: string): string => (begins.test(text) ? `'${text}` : text);
const begins = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** The text that `harmless` was given. */
export const asWritten = (text: string): string => (marked.test(text) ? text.slice(1) : text);
const marked = /^'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
