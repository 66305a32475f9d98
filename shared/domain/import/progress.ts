import { listed, type RowError, type Skipped, type StoredImport } from "../import.ts";
import type { Chunk, Position } from "./chunk.ts";

/** How rows were counted. */
export type Counted = Readonly<Record<"created" | "updated" | "unchanged" | "failed", number>>;
export const noneCounted: Counted = { created: 0, updated: 0, unchanged: 0, failed: 0 };

/** What some rows came to. */
export interface Imported {
  readonly counted: Counted;
  readonly errors: readonly RowError[];
}

/** What became of a row's property in an undo; undefined where the import had done nothing to it. */
export type Undone = "removed" | "restored" | Skipped | undefined;

/** The counters and lists of an import after rows were written. */
export function imported(
  job: StoredImport,
  chunk: Pick<Chunk, "ignored">,
  outcomes: readonly Imported[],
): Partial<StoredImport> {
  const total = (name: keyof Counted) => outcomes.reduce((sum, { counted }) => sum + counted[name], 0);
  const errors = outcomes.flatMap(({ errors }) => errors).sort((one, other) => one.row - other.row);
  return {
    rows_created: job.rows_created + total("created"),
    rows_updated: job.rows_updated + total("updated"),
    rows_unchanged: job.rows_unchanged + total("unchanged"),
    rows_failed: job.rows_failed + total("failed"),
    errors: [...job.errors, ...errors].slice(0, listed),
    columns_ignored: [...new Set([...job.columns_ignored, ...chunk.ignored])].slice(0, listed),
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

/** Where an import, or its undo, stands after a chunk: an undo ends where the import did. */
export function afterChunk(
  { status, size_bytes }: StoredImport,
  { next: position, ended, fault }: Chunk,
  now: Date,
): Partial<StoredImport> & { readonly position: Position } {
  const undoing = status === "undoing";
  const read = { position, ...(undoing ? {} : { rows_total: position.row }) };
  const progress = Math.floor((100 * position.offset) / size_bytes);
  const completed_at = now.toISOString();
  if (!ended && !fault && position.offset < size_bytes)
    return { ...read, status: undoing ? "undoing" : "processing", progress };
  if (undoing) return { ...read, status: "undone", progress: 100, completed_at };
  return fault
    ? { ...read, status: "failed", reason: fault, progress, completed_at }
    : { ...read, status: "completed", progress: 100, completed_at };
}
