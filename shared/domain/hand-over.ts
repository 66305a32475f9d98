import * as z from "zod/mini";
import type { WriteStamp } from "./invocation.ts";
import { ownedTypes } from "./owned-types.ts";
import { abandonedAfter, internalFields, type Lease, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields, timestamp } from "./schemas.ts";

/** queued → processing → completed | failed; a completed or failed one → undoing → undone. */
export const handOverStatuses = ["queued", "processing", "completed", "failed", "undoing", "undone"] as const;
type Status = (typeof handOverStatuses)[number];

/** Records that `undo_skipped` lists; the counter beside it is exact. */
const listed = 200;

const count = (description: string) => z.int().check(z.gte(0), z.describe(description));
const entities = ownedTypes.map(({ name }) => name) as [string, ...string[]];

/** A record that an undo left, and why. */
export const SkippedRecord = z.object({
  entity: z.enum(entities),
  id,
  reason: z.enum(["changed", "deleted"]),
});
export type SkippedRecord = z.output<typeof SkippedRecord>;

/** All records of one user that become another's, as answered. */
export const HandOver = z.object({
  ...recordFields,
  from_user_id: id,
  to_user_id: id,
  status: z.enum(handOverStatuses),
  reason: z.nullable(z.string()).check(z.describe("Why it failed")),
  progress: z.int().check(z.gte(0), z.lte(100), z.describe("Percent of the records that were found")),
  records_total: count("Records found so far"),
  records_handed: count("Records that have their new owner"),
  records_skipped: count("Records that were deleted or had another owner when it was their turn"),
  undo_returned: count("Records that the undo gave back"),
  undo_left: count("Records that the undo left with their new owner"),
  undo_skipped: z
    .array(SkippedRecord)
    .check(z.describe(`The first ${listed} records that the undo left, and why: changed or deleted since`)),
  completed_at: z.nullable(timestamp),
});

/** To whom the records go. */
export const NewHandOver = z.strictObject({ to_user_id: id });

/** Where the search for the user's records goes on: a type, and a position in the list of its owner. */
export interface Search {
  readonly entity: string;
  readonly from?: object | undefined;
}
const start: Search = { entity: entities[0] };

const isRunning = (status: Status) => status === "queued" || status === "processing" || status === "undoing";

/** Hand-overs in the table. A user takes part in one at a time, so no record comes to one who is just leaving. */
export const handOverRecord = recordType({
  name: "hand_over",
  schema: 1,
  guard: "user",
  fields: HandOver,
  listed: HandOver,
  internal: internalFields<{
    /** Who asked for it, and for its undo: the stamp of every record that either writes. */
    readonly asked: WriteStamp;
    readonly undo_asked?: WriteStamp | undefined;
    /** Counts the steps: a message asks for one of them. */
    readonly step: number;
    /** Undefined once all records of the pass are found. */
    readonly search?: Search | undefined;
    /** A pass finds the user's records, in batches, and hands them over; the last one finds none. */
    readonly pass: number;
    readonly handed_in_pass: number;
    /** How many batches were found, and the next one to be handed over, or given back. */
    readonly batches: number;
    readonly batch: number;
    readonly undo_batch: number;
    readonly lease?: Lease | null;
  }>(),
  lists: ["brokerage"],
  unique: [
    {
      name: "user",
      problem: "hand_over_running",
      over: "brokerage",
      valuesOf: ({ status, from_user_id, to_user_id }) =>
        isRunning(status) ? [from_user_id, to_user_id] : [],
    },
  ],
  job: {
    startsOn: ["queued", "undoing"],
    deadlines: { queued: abandonedAfter, processing: abandonedAfter, undoing: abandonedAfter },
    claimed: ({ status }) => ({ status: status === "undoing" ? status : ("processing" as const) }),
    failed: ({ status }, cause, now) => ({
      status: "failed" as const,
      reason: `The ${status === "undoing" ? "undo" : "hand-over"} ${cause === "expired" ? "timed out" : "failed"}`,
      completed_at: now.toISOString(),
    }),
    task: ({ id, status, progress }) => ({ id, status: taskStatus(status), progress }),
  },
});
export type StoredHandOver = RecordOf<typeof handOverRecord>;

const nothingUndone = { undo_returned: 0, undo_left: 0, undo_skipped: [], undo_batch: 0 };

/** A new hand-over; it has the id of the task that shows it. */
export const newHandOver = (
  id: string,
  users: { readonly from_user_id: string; readonly to_user_id: string },
  asked: WriteStamp,
) => ({
  ...users,
  ...{ id, asked, status: "queued" as const, progress: 0, step: 0, search: start, pass: 1 },
  ...{ records_total: 0, records_handed: 0, records_skipped: 0, handed_in_pass: 0, batches: 0, batch: 0 },
  ...nothingUndone,
});

/** The changes that start the undo of one that has ended. */
export const undoingHandOver = (undo_asked: WriteStamp) =>
  ({
    ...nothingUndone,
    undo_asked,
    status: "undoing",
    reason: null,
    completed_at: null,
    progress: 0,
    step: 0,
  }) as const;

type Changes = Partial<StoredHandOver>;

/** After a search: `found` more records, in a batch; it goes on at `search`, or has ended. */
export function afterSearch(
  job: StoredHandOver,
  found: number,
  search: Search | undefined,
  now: Date,
): Changes {
  const batches = job.batches + (found > 0 ? 1 : 0);
  const next = { records_total: job.records_total + found, batches, search };
  return search || batches > job.batch ? next : { ...next, ...afterPass({ ...job, ...next }, now) };
}

/** What became of the records of a batch; `known` were handed over by an earlier one. */
export interface Handed {
  readonly handed: number;
  readonly skipped: number;
  readonly known: number;
}

/** After a batch was handed over. */
export function afterBatch(job: StoredHandOver, { handed, skipped, known }: Handed, now: Date): Changes {
  const next = {
    records_total: job.records_total - known,
    records_handed: job.records_handed + handed,
    records_skipped: job.records_skipped + skipped,
    handed_in_pass: job.handed_in_pass + handed,
    batch: job.batch + 1,
  };
  const done = Math.floor((100 * (next.records_handed + next.records_skipped)) / (next.records_total || 1));
  const progress = Math.min(99, Math.max(job.progress, done));
  const all = { ...next, progress };
  return next.batch < job.batches ? all : { ...all, ...afterPass({ ...job, ...all }, now) };
}

/** The list of an owner lags a little behind, and grows while they work: the end is when another pass finds nothing. */
function afterPass({ pass, handed_in_pass }: StoredHandOver, now: Date): Changes {
  return pass > 1 && handed_in_pass === 0
    ? { status: "completed", progress: 100, completed_at: now.toISOString() }
    : { search: start, pass: pass + 1, handed_in_pass: 0 };
}

/** After a batch was given back; `left` are those that were not. */
export function afterReturn(
  job: StoredHandOver,
  returned: number,
  left: readonly SkippedRecord[],
  now: Date,
): Changes {
  const undo_batch = job.undo_batch + 1;
  const counted = {
    undo_batch,
    undo_returned: job.undo_returned + returned,
    undo_left: job.undo_left + left.length,
    undo_skipped: [...job.undo_skipped, ...left].slice(0, listed),
  };
  return undo_batch < job.batches
    ? { ...counted, progress: Math.floor((100 * undo_batch) / job.batches) }
    : { ...counted, status: "undone", progress: 100, completed_at: now.toISOString() };
}

function taskStatus(status: Status) {
  if (status === "failed") return "failed";
  return status === "completed" || status === "undone" ? "completed" : "processing";
}
