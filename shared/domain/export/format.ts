import type * as z from "zod/mini";
import type { ExportFormat } from "../export.ts";
import { byteOrderMark, columnsOf, headerLine, rowLine } from "./csv.ts";

/** How a file is written: its beginning, each row in its turn (from 0), its end. A file of no rows has both. */
export interface FileFormat {
  readonly begin: string;
  row(row: object, at: number): string;
  readonly end: string;
}

/** How rows of a schema are written; `more` names what maps in them hold. */
export function fileFormat(
  format: ExportFormat,
  schema: z.core.$ZodType,
  more?: Readonly<Record<string, readonly string[]>>,
): FileFormat {
  if (format === "json")
    return {
      begin: "[",
      row: (row, at) => `${at === 0 ? "\n" : ",\n"}${JSON.stringify(row)}`,
      end: "\n]\n",
    };
  const columns = columnsOf(schema, more);
  return {
    begin: byteOrderMark + headerLine(columns),
    row: (row) => rowLine(columns, row),
    end: "",
  };
}
