import type * as z from "zod/mini";
import type { Field } from "../domain/import/columns.ts";
import type { Counted, Surveying } from "../domain/import/progress.ts";
import type { Delimiter, Position } from "../domain/import/written.ts";
import { type Import as ImportSchema, ImportSummary, type NewImport } from "../domain/import.ts";
import type { Written } from "../domain/invocation.ts";
import { isAlive, recordKey, type Stored, ttl } from "./records.ts";
import type { Item, Key, TableReader } from "./table.ts";

/** An import as stored: beside what is answered, how to read its file and how far that is. */
export type Import = Stored &
  Surveying &
  ImportSchema & {
    readonly entity: "import";
    /** As pairs: what callers name becomes no attribute's name. */
    readonly mapping: readonly (readonly [column: string, field: Field | null])[];
    readonly header: readonly string[] | null;
    readonly delimiter: Delimiter | null;
    readonly defaults: NonNullable<z.output<typeof NewImport>["defaults"]>;
    readonly position: Position;
    /** The file that was read first: another one in its place is refused. */
    readonly etag: string | null;
    /** Who asked for the import, and for its undo: stamped on what either writes. */
    readonly asked: Written;
    readonly undo_asked: Written | null;
  };

/** What an import leaves on a property, so that a row is never done twice and undo knows whose it is. */
export interface Stamp {
  readonly import_id: string;
  /** The row that wrote it last. */
  readonly row: number;
  /** The version it wrote: a higher one has been edited since. */
  readonly version: number;
  /** What it and the rows of its chunk about the same property were counted as. */
  readonly counted: Counted;
  /** The import that created the property. */
  readonly created_by: string | null;
}

/** What an undo leaves on a property, or on its tombstone. */
export interface UndoMark {
  readonly import_id: string;
  readonly row: number;
}

/** A property's item with what imports left on it, or its tombstone. */
export type Stamped = Item & {
  readonly version: number;
  readonly import?: Stamp;
  readonly undone?: UndoMark;
};

export const importKey = (brokerageId: string, id: string) => recordKey(brokerageId, "import", id);

/** A property as it was before an import changed it. */
export const beforeKey = (job: Key, propertyId: string): Key => ({ pk: job.pk, sk: `before#${propertyId}` });

/** Days that a file is kept, and with it the values before: as long as an import can be undone. */
const undoDays = 90;

/** The item that keeps a property's value before. */
export function beforeItem(job: Import, value: Item, now: Date): Item {
  const until = new Date(now.getTime() + undoDays * 86_400_000);
  return { ...beforeKey(job, String(value.id)), value, written: job.asked, ttl: ttl(until) };
}

/** Where an import's file stands below `uploads/imports`. */
export const fileKey = ({ brokerage_id, id }: Pick<Import, "brokerage_id" | "id">) => `${brokerage_id}/${id}`;

/** Reads an import, strongly consistent; undefined where none stands. */
export async function readImport(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<Import | undefined> {
  const item = await table.get<Item & Import>(importKey(brokerageId, id));
  return isAlive(item) ? item : undefined;
}

/** The item for an import; `summary` is what lists show. */
export function importItem(job: Import): Item & Import {
  return { ...job, summary: ImportSummary.parse(job) } as Item & Import;
}
