import type { HowRead, RowSource } from "./cells.ts";
import type { Columns } from "./columns.ts";
import type { FileFields } from "./fields.ts";

/** How a resource's files are read: declared once for each resource that can be imported. */
export interface ResourceFile<Said extends object, Defaults extends object> {
  readonly fields: FileFields;
  /** Why a file with these columns cannot be imported. */
  lacking(columns: Columns, defaults: Defaults): string | undefined;
  /** What a row says; undefined for one that is skipped. Throws a `Problem` with an error for each cell that is wrong. */
  readRow(source: RowSource, how: HowRead & { readonly defaults: Defaults }): Said | undefined;
  /** The name of a type in a row that is not known here. */
  unknownType?(said: Said): string | undefined;
}
