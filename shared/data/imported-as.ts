import type { ResourceFile } from "../domain/import/file.ts";
import type { ReadRow } from "../domain/import/rows.ts";
import type { ImportMark, Skipped, StoredImport, UndoMark } from "../domain/import.ts";
import type { AnyRecordType, Meta } from "../domain/record-type.ts";
import type { Item, TableQuerier, TableReader, Write } from "./table.ts";

/** What imports leave on a record, whatever its type. */
export type Imported = Meta & {
  readonly import?: ImportMark | undefined;
  readonly undone?: UndoMark | undefined;
};

/** A row as a change of a record. */
export interface RowChange {
  readonly row: number;
  /** What the row makes of the record's fields, or of none; undefined when it changes nothing. Throws a `Problem`. */
  after(before: object | undefined): object | undefined;
}

/** The rows of one chunk about the same record, in the file's order, and its item as it was read. */
export interface Found {
  readonly id: string;
  readonly rows: readonly RowChange[];
  readonly item: Item | undefined;
  /** Nothing was read: the record is taken for a new one. */
  readonly isGuess?: boolean;
  /** Whether the import has kept the record's former value, if that is known. */
  readonly isKept?: boolean;
}

/** A record that rows of a chunk may have written. */
export interface Touched<Said = object> {
  readonly rows: readonly ReadRow<Said>[];
  /** The row that is named where the undo leaves the record alone. */
  readonly row: number;
  readonly id: string;
  readonly item: Item | undefined;
  /** The record's item before the import, if it kept one. */
  readonly before: Item | undefined;
  /** Whether this row is the one to tell why the undo left the record alone: no two rows tell the same. */
  readonly tells: boolean;
}

/** How the rows of a resource become records: declared once for each resource that can be imported. */
export interface ImportedAs<Said extends object, Defaults extends object> {
  readonly type: AnyRecordType;
  /** How an import's file is read. */
  file(table: TableReader, job: StoredImport): Promise<ResourceFile<Said, Defaults>>;
  /**
   * The records of rows, as they are now. The same rows find the same records after an earlier delivery wrote some of
   * them. From the second attempt on, others wrote some of them in between.
   */
  find(
    table: TableQuerier,
    job: StoredImport,
    rows: readonly ReadRow<Said>[],
    at: { readonly attempt: number; readonly now: Date },
  ): Promise<readonly Found[]>;
  /** Writes that keep a record's former value for the undo. */
  keep(job: StoredImport, found: Found, now: Date): readonly Write[];
  /** The records that these rows of an import may have written. */
  touched(
    table: TableReader,
    job: StoredImport,
    rows: readonly ReadRow<Said>[],
  ): Promise<readonly Touched<Said>[]>;
  /** How a skipped row names its record. */
  named(id: string): Pick<Skipped, "property_id" | "client_id">;
}

// biome-ignore lint/suspicious/noExplicitAny: the general form of every resource that can be imported.
export type Importable = ImportedAs<any, any>;
