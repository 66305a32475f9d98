import * as z from "zod/mini";
import type { Surveying } from "./import/reading.ts";
import { type Delimiter, fileStart, type Position } from "./import/written.ts";
import { bulkStamp, type WriteStamp } from "./invocation.ts";
import { abandonedAfter, internalFields, type Lease, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields, timestamp } from "./schemas.ts";

/** awaiting_upload → processing → completed | failed; a completed or failed one → undoing → undone. */
export const importStatuses = [
  "awaiting_upload",
  "processing",
  "completed",
  "failed",
  "undoing",
  "undone",
] as const;

/** The formats of a file and the content type that its upload must have. */
export const contentTypes = { csv: "text/csv", json: "application/json" } as const;
export type ImportFormat = keyof typeof contentTypes;
export const importFormats = Object.keys(contentTypes) as [ImportFormat, ...ImportFormat[]];

/** What can be imported. */
export const importResources = ["property", "client"] as const;
export type ImportResource = (typeof importResources)[number];

/** Entries that an import's lists keep; the counters beside them are exact. */
export const listed = 200;

const count = (description: string) => z.int().check(z.gte(0), z.describe(description));
const row = z.int().check(z.gte(1), z.describe("From 1; a CSV's header and blank lines are no rows"));

export const RowError = z.object({
  row,
  path: z.string().check(z.describe("JSON Pointer to the column")),
  message: z.string(),
});
export type RowError = z.output<typeof RowError>;

/** Why an undo left a record alone. */
export const skipReasons = ["edited", "deleted", "imported_again"] as const;

/** What an undo left as it is: the property or the client of a row. */
export const Skipped = z.object({
  row,
  property_id: z.optional(id),
  client_id: z.optional(id),
  reason: z.enum(skipReasons),
});
export type Skipped = z.output<typeof Skipped>;

/** An import without its lists: what a page of imports shows. */
export const ImportSummary = z.object({
  ...recordFields,
  owner_user_id: id,
  task_id: id,
  resource: z.enum(importResources),
  format: z.enum(importFormats),
  dry_run: z.boolean(),
  size_bytes: z.int(),
  status: z.enum(importStatuses),
  reason: z.nullable(z.string()).check(z.describe("Why it failed")),
  progress: z
    .int()
    .check(
      z.gte(0),
      z.lte(100),
      z.describe(
        "Percent of the file's bytes, of the import or its undo. The first tenth of an import reads the whole file " +
          "for how its columns are written, and writes nothing",
      ),
    ),
  rows_total: count("Rows read so far"),
  rows_created: count("Rows that became a new property or client"),
  rows_updated: count("Rows that changed one"),
  rows_unchanged: count("Rows that say what is known already"),
  rows_failed: count("Rows that could not be taken"),
  rows_skipped: count(
    "Rows of listings off the market (expired, canceled, withdrawn, on hold), and of sales that are taken back",
  ),
  rows_type_unknown: count("Rows whose property type has no name that is known here: they became `other`"),
  undo_removed: count("Properties or clients that the undo removed"),
  undo_restored: count("Those to which the undo gave their former values"),
  undo_left: count("Rows whose property or client the undo left as it is"),
  completed_at: z.nullable(timestamp),
});

/** An import as answered. */
export const Import = z.extend(ImportSummary, {
  errors: z.array(RowError).check(z.describe(`The first ${listed} errors of rows`)),
  columns_ignored: z
    .array(z.string())
    .check(z.describe(`Columns that no field was found for, the first ${listed} of them`)),
  types_unknown: z
    .array(z.string())
    .check(z.describe("Names of property types that are not known here, the first of them")),
  undo_skipped: z.array(Skipped).check(z.describe(`The first ${listed} rows that the undo left, and why`)),
});
export type Import = z.output<typeof Import>;

/** The mark of an import on a record: it prevents a row from being applied twice, and tells undo what to undo. */
export interface ImportMark {
  readonly import_id: string;
  /** The row that wrote it last. */
  readonly row: number;
  /** It and the rows of its chunk about the same record, where these are several. */
  readonly rows?: readonly number[];
  /** The version it wrote: a higher one has been edited since. */
  readonly version: number;
  /** What these rows were counted as. */
  readonly counted: Readonly<Record<"created" | "updated" | "unchanged" | "failed", number>>;
  /** The import that created the record. */
  readonly created_by: string | null;
}

/** The mark of an undo on a record that it restored or removed. */
export interface UndoMark {
  readonly import_id: string;
  readonly row: number;
}

/** Imports in the table: beside what is answered, how to read the file and how far that is. */
export const importRecord = recordType({
  name: "import",
  schema: 1,
  guard: "import",
  fields: Import,
  listed: ImportSummary,
  internal: internalFields<
    Surveying & {
      /** As pairs: what callers name becomes no attribute's name. */
      readonly mapping: readonly (readonly [column: string, field: string | null])[];
      readonly header?: readonly string[] | undefined;
      readonly delimiter?: Delimiter | undefined;
      /** What new records have where the row does not say. */
      readonly defaults: object;
      readonly position: Position;
      /** Who asked for the import, and for its undo: the stamp of what either writes. */
      readonly asked: WriteStamp;
      readonly undo_asked?: WriteStamp | undefined;
      readonly lease?: Lease | null;
    }
  >(),
  lists: ["brokerage", "owner"],
  job: {
    startsOn: ["undoing"],
    deadlines: { awaiting_upload: 60, processing: abandonedAfter, undoing: abandonedAfter },
    claimed: ({ status }) => ({ status: status === "undoing" ? status : ("processing" as const) }),
    failed: ({ status }, cause, now) => ({
      status: "failed" as const,
      reason: cause === "failed" ? "The file could not be processed" : timedOut[status],
      completed_at: now.toISOString(),
    }),
    task: ({ task_id, status, progress }) => ({ id: task_id, status: taskStatus(status), progress }),
  },
});
export type StoredImport = RecordOf<typeof importRecord>;

/** The changes that start the undo of an ended import, from the beginning of its file. */
export const undoing = (asked: WriteStamp) =>
  ({
    status: "undoing",
    reason: null,
    progress: 0,
    completed_at: null,
    ...{ undo_removed: 0, undo_restored: 0, undo_left: 0, undo_skipped: [] },
    position: fileStart,
    undo_asked: bulkStamp(asked),
  }) as const;

const timedOut: Partial<Record<(typeof importStatuses)[number], string>> = {
  awaiting_upload: "The file was not uploaded in time: start a new import",
  processing: "The import timed out",
  undoing: "The undo timed out",
};

function taskStatus(status: (typeof importStatuses)[number]) {
  if (status === "failed") return "failed";
  return status === "completed" || status === "undone" ? "completed" : "processing";
}
