import { listed, type RowError, type Skipped, type StoredImport } from "../import.ts";
import type { Chunk } from "./chunk.ts";
import type { FileFields } from "./fields.ts";
import { decided, emptySurvey } from "./reading.ts";
import type { ReadRows } from "./rows.ts";
import { surveyed } from "./survey.ts";
import { fileStart, type Position } from "./written.ts";

/** How rows were counted. */
export type Counted = Readonly<Record<"created" | "updated" | "unchanged" | "failed", number>>;
export const noneCounted: Counted = { created: 0, updated: 0, unchanged: 0, failed: 0 };

/** What some rows came to. */
export interface Wrote {
  readonly counted: Counted;
  readonly errors: readonly RowError[];
}

/** What became of a row's record in an undo; undefined where the import had done nothing to it. */
export type Undone = "removed" | "restored" | Skipped | undefined;

/** Percent of the work that the first pass is, which only looks at how columns are written. */
const surveyShare = 10;

/** Bytes that an import's lists may take: all of it is one item of the table, of 400 KB at most. */
const room = { errors: 60_000, columns_ignored: 20_000, types_unknown: 8_000 };

/** The list with what there is room for. */
function kept<T>(list: readonly T[], more: Iterable<T>, bytes: number): T[] {
  const all = [...list];
  let used = Buffer.byteLength(JSON.stringify(all));
  for (const one of more) {
    used += Buffer.byteLength(JSON.stringify(one)) + 1;
    if (all.length >= listed || used > bytes) break;
    all.push(one);
  }
  return all;
}

/** The counters and lists of an import after rows were written. */
export function imported(
  job: StoredImport,
  { ignored }: Pick<Chunk, "ignored">,
  { errors: unread, failed, skipped, unknownTypes }: Omit<ReadRows<unknown>, "rows">,
  outcomes: readonly Wrote[],
): Partial<StoredImport> {
  const total = (name: keyof Counted) => outcomes.reduce((sum, { counted }) => sum + counted[name], 0);
  const errors = [...unread, ...outcomes.flatMap(({ errors }) => errors)].sort(
    (one, other) => one.row - other.row,
  );
  const ofUnknownType = [...unknownTypes.values()].reduce((sum, rows) => sum + rows, 0);
  const fresh = <T>(list: readonly T[], more: Iterable<T>) => [...more].filter((one) => !list.includes(one));
  return {
    rows_created: job.rows_created + total("created"),
    rows_updated: job.rows_updated + total("updated"),
    rows_unchanged: job.rows_unchanged + total("unchanged"),
    rows_failed: job.rows_failed + failed + total("failed"),
    rows_skipped: job.rows_skipped + skipped,
    rows_type_unknown: job.rows_type_unknown + ofUnknownType,
    errors: kept(job.errors, errors, room.errors),
    columns_ignored: kept(job.columns_ignored, fresh(job.columns_ignored, ignored), room.columns_ignored),
    types_unknown: kept(
      job.types_unknown,
      fresh(
        job.types_unknown,
        [...unknownTypes.keys()].map((type) => type.slice(0, 100).toWellFormed()),
      ),
      room.types_unknown,
    ),
  };
}

/** The counters and list of an import after rows were undone. */
export function undone(job: StoredImport, outcomes: readonly Undone[]): Partial<StoredImport> {
  const skipped = outcomes
    .filter((outcome) => typeof outcome === "object")
    .sort((one, other) => one.row - other.row);
  return {
    undo_removed: job.undo_removed + outcomes.filter((outcome) => outcome === "removed").length,
    undo_restored: job.undo_restored + outcomes.filter((outcome) => outcome === "restored").length,
    undo_left: job.undo_left + skipped.length,
    undo_skipped: [...job.undo_skipped, ...skipped].slice(0, listed),
  };
}

/**
 * Where an import stands after a chunk of its first pass: further on, at the start again with its reading, or failed,
 * because a column can be read in two ways.
 */
export function afterSurvey(
  { size_bytes, created_at, survey, options }: StoredImport,
  { rows, next, ended, fault }: Chunk,
  fields: FileFields,
  now: Date,
): Partial<StoredImport> {
  const seen = surveyed(survey ?? emptySurvey, rows, created_at.slice(0, 10), fields);
  if (!ended && !fault && next.offset < size_bytes) {
    const progress = Math.floor((surveyShare * next.offset) / size_bytes);
    return { status: "processing", survey: seen, position: next, progress };
  }
  const reading = decided(seen, options, fields);
  const done = { survey: null, position: fileStart };
  return typeof reading === "string"
    ? { ...done, status: "failed", reason: reading, completed_at: now.toISOString() }
    : { ...done, status: "processing", reading, progress: surveyShare };
}

/** Where an import, or its undo, stands after a chunk: an undo ends where the import did. */
export function afterChunk(
  { status, size_bytes }: StoredImport,
  { next: position, ended, fault }: Chunk,
  now: Date,
): Partial<StoredImport> & { readonly position: Position } {
  const undoing = status === "undoing";
  const read = { position, ...(undoing ? {} : { rows_total: position.row }) };
  const before = undoing ? 0 : surveyShare;
  const progress = before + Math.floor(((100 - before) * position.offset) / size_bytes);
  const completed_at = now.toISOString();
  if (!ended && !fault && position.offset < size_bytes)
    return { ...read, status: undoing ? "undoing" : "processing", progress };
  if (undoing) return { ...read, status: "undone", progress: 100, completed_at };
  return fault
    ? { ...read, status: "failed", reason: fault, progress, completed_at }
    : { ...read, status: "completed", progress: 100, completed_at };
}
