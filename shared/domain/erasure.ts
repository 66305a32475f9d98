import * as z from "zod/mini";
import type { StoredClient } from "./client.ts";
import type { WriteStamp } from "./invocation.ts";
import { abandonedAfter, internalFields, type Lease, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields, timestamp } from "./schemas.ts";

/** queued → processing → completed | failed; asking again begins a failed one anew. */
export const erasureStatuses = ["queued", "processing", "completed", "failed"] as const;
type Status = (typeof erasureStatuses)[number];

const count = (description: string) => z.int().check(z.gte(0), z.describe(description));

/** The erasure of a client, and how far it is. */
export const Erasure = z.object({
  ...recordFields,
  client_id: id,
  task_id: id,
  status: z.enum(erasureStatuses),
  reason: z.nullable(z.string()).check(z.describe("Why it failed")),
  progress: z.int().check(z.gte(0), z.lte(100)),
  clients: count("Clients that were erased: this one, and those that were merged into it"),
  interactions: count("What was said with them, as far as it is erased"),
  tasks: count("Tasks about them that lost their title, description and client"),
  answers: count("Answers kept for an Idempotency-Key that named them"),
  files: count("Files of exports and imports that were deleted, for they named them or may have"),
  log_entries: count("Entries of the log that lost their values; the log stays verifiable"),
  completed_at: z.nullable(timestamp),
});
export type Erasure = z.output<typeof Erasure>;

/** What an erasure does, one after the other; the second search finds what the first one's lists did not show yet. */
export const phases = ["search", "again", "answers", "exports", "imports", "rest", "log"] as const;
export type Phase = (typeof phases)[number];

/** Where in a phase the next step goes on; a phase begins without. */
export type Position = Readonly<Record<string, unknown>>;

/** Erasures in the table: each has the id of its client, for there is one. */
export const erasureRecord = recordType({
  name: "erasure",
  schema: 1,
  guard: "client",
  fields: Erasure,
  listed: Erasure,
  internal: internalFields<{
    readonly asked: WriteStamp;
    /** Counts the steps: a message asks for one of them. */
    readonly step: number;
    readonly phase: Phase;
    readonly position?: Position | undefined;
    /** How often a step found that what it waits for has not happened yet. */
    readonly waits: number;
    /** How many batches of records were found, and whether this search found any. */
    readonly batches: number;
    readonly has_found: boolean;
    /** How much the step before found that this one erases: it is counted once, however often this step is done again. */
    readonly found?: number | undefined;
    /** The clients as they were, and the ids of those with whom they were merged once; null once all is done. */
    readonly erased_clients: readonly StoredClient[] | null;
    readonly partners: readonly string[];
    readonly lease?: Lease | null;
  }>(),
  lists: ["brokerage"],
  job: {
    startsOn: ["queued"],
    deadlines: { queued: abandonedAfter, processing: abandonedAfter },
    claimed: () => ({ status: "processing" as const }),
    failed: (_, cause, now) => ({
      status: "failed" as const,
      reason: `The erasure ${cause === "expired" ? "timed out" : "failed"}: ask for it again, and it goes on`,
      completed_at: now.toISOString(),
    }),
    task: ({ task_id, status, progress }) => ({ id: task_id, status: taskStatus(status), progress }),
  },
});
export type StoredErasure = RecordOf<typeof erasureRecord>;

const beginning = {
  step: 0,
  waits: 0,
  phase: phases[0],
  has_found: false,
  position: undefined,
  found: undefined,
} as const;

/** A new erasure of a client, with those that were merged into it. */
export const newErasure = (
  clients: readonly [StoredClient, ...StoredClient[]],
  task_id: string,
  asked: WriteStamp,
) => ({
  ...{ id: clients[0].id, client_id: clients[0].id, task_id, asked, status: "queued" as const, progress: 0 },
  ...{ clients: clients.length, interactions: 0, tasks: 0, answers: 0, files: 0, log_entries: 0 },
  ...{ ...beginning, batches: 0, erased_clients: clients },
  partners: [...new Set(clients.flatMap(({ parted_from = [] }) => parted_from))],
});

/** The changes that begin a failed erasure anew: what was found is kept, and what was done is done again. */
export const erasingAgain = () =>
  ({ ...beginning, status: "queued", reason: null, completed_at: null, progress: 0 }) as const;

type Changes = Partial<StoredErasure>;

/** After the last step of a phase: the next one, or the end, with which the last of what was said of them goes. */
export function afterPhase({ phase }: Pick<StoredErasure, "phase">, now: Date): Changes {
  const at = phases.indexOf(phase) + 1;
  const next = phases[at];
  return next === undefined
    ? {
        ...{ status: "completed", progress: 100, completed_at: now.toISOString() },
        ...{ erased_clients: null, partners: [], position: undefined },
      }
    : {
        ...{ phase: next, position: undefined, waits: 0, has_found: false },
        progress: Math.floor((100 * at) / phases.length),
      };
}

function taskStatus(status: Status) {
  if (status === "failed" || status === "completed") return status;
  return "processing";
}
