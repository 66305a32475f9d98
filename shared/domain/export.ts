import * as z from "zod/mini";
import { type Caller, hasEnded, type Resource, type Scope, scopeOf, scopes } from "./access.ts";
import type { WriteStamp } from "./invocation.ts";
import { abandonedAfter, internalFields, type Lease, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields, timestamp } from "./schemas.ts";

/** queued → processing → completed | failed; a completed one expires when its file is gone. */
export const exportStatuses = ["queued", "processing", "completed", "failed", "expired"] as const;

/** What can be exported: the plural that names it in titles and files, and the resource whose permission reads it. */
export const exportResources = {
  property: { plural: "properties", guard: "property" },
  client: { plural: "clients", guard: "client" },
  interaction: { plural: "interactions", guard: "client" },
  task: { plural: "tasks", guard: "task" },
  audit_event: { plural: "audit events", guard: "audit_event" },
} as const satisfies Readonly<Record<string, { readonly plural: string; readonly guard: Resource }>>;
export type ExportResource = keyof typeof exportResources;
export const exportResourceNames = Object.keys(exportResources) as [ExportResource, ...ExportResource[]];

/** The formats of a file, and its content type. */
export const exportTypes = { csv: "text/csv; charset=utf-8", json: "application/json" } as const;
export type ExportFormat = keyof typeof exportTypes;
export const exportFormats = Object.keys(exportTypes) as [ExportFormat, ...ExportFormat[]];

/** Hours for which a file is kept. */
export const hoursKept = 24;

/** The largest file, in bytes: S3 takes no larger one in one piece. */
export const largestFile = 5_000_000_000;

/** An export without the link to its file: what a page of exports shows. */
export const ExportSummary = z.object({
  ...recordFields,
  owner_user_id: id.check(z.describe("Who asked for it")),
  task_id: id,
  resource: z.enum(exportResourceNames),
  format: z.enum(exportFormats),
  filters: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .check(z.meta({ description: "As they were asked for", examples: [{ status: "sold" }] })),
  status: z.enum(exportStatuses),
  reason: z.nullable(z.string()).check(z.describe("Why it failed")),
  progress: z.int().check(z.gte(0), z.lte(100), z.describe("Percent of the rows that are written")),
  rows: z.int().check(z.gte(0), z.describe("Rows written so far; of a completed one all of them")),
  size_bytes: z.nullable(z.int()),
  completed_at: z.nullable(timestamp),
  expires_at: z.nullable(timestamp.check(z.describe("When the file is gone"))),
});

/** An export as answered. */
export const Export = z.extend(ExportSummary, {
  url: z.nullable(z.string()).check(
    z.meta({
      description:
        "Where the file is, for a quarter of an hour: read the export again for a fresh link. Null until it is " +
        "completed and once it has expired; for anybody but who asked for it; and for them once they may read less " +
        "than it says",
      examples: ["https://files.example.com/exports/019c1fd3?X-Amz-Expires=900&X-Amz-Signature=90be"],
    }),
  ),
});

/** Exports in the table; what they are stays, their files are gone after a day. */
export const exportRecord = recordType({
  name: "export",
  schema: 1,
  guard: "export",
  fields: ExportSummary,
  listed: ExportSummary,
  internal: internalFields<{
    /** Who asked for it, by which key: with what they hold when it runs, it is made. */
    readonly asked: WriteStamp;
    /** How widely they could read when it ran. */
    readonly scope?: Scope | undefined;
    readonly lease?: Lease | null;
  }>(),
  lists: ["brokerage", "owner"],
  job: {
    startsOn: ["queued"],
    deadlines: { queued: abandonedAfter, processing: abandonedAfter },
    claimed: () => ({ status: "processing", progress: 0, rows: 0 }) as const,
    failed: (_, cause, now) => ({
      status: "failed" as const,
      reason: cause === "expired" ? "The export timed out" : "The export could not be made",
      completed_at: now.toISOString(),
    }),
    task: ({ task_id, status, progress }) => ({ id: task_id, status: taskStatus(status), progress }),
  },
  ends: {
    at: ({ status, expires_at }) => (status === "completed" ? expires_at : null),
    ended: () => ({ status: "expired" as const }),
  },
});
export type StoredExport = RecordOf<typeof exportRecord>;

/** A new export; `filters` are those of its list. */
export const newExport = (
  asked: Pick<StoredExport, "resource" | "format" | "filters">,
  by: Pick<StoredExport, "owner_user_id" | "task_id" | "asked">,
) => ({ ...asked, ...by, status: "queued" as const, progress: 0, rows: 0 });

/** The permission without which nothing is exported of a resource. */
export const toReadOf = (resource: ExportResource) => `${exportResources[resource].guard}:read` as const;

/** How widely a caller may export a resource; undefined where they may not. The log is read as a whole. */
export function exportScope(caller: Caller, resource: ExportResource): Scope | undefined {
  const scope = scopeOf(caller, toReadOf(resource));
  return resource === "audit_event" && scope !== "brokerage" ? undefined : scope;
}

/** An export at a moment: its file may be gone before a schedule has written so. */
export const asOf = <E extends Pick<StoredExport, "status" | "expires_at">>(one: E, now: Date): E =>
  one.status === "completed" && hasEnded(one.expires_at ?? undefined, now)
    ? { ...one, status: "expired" as const }
    : one;

/**
 * Whether a caller gets the link to an export's file: who asked for it, an API key for what it asked itself; and as long
 * as they may read as widely as it did.
 */
export function mayFetch(caller: Caller, one: StoredExport, now: Date): boolean {
  const { status, owner_user_id, asked, resource, scope } = one;
  if (status !== "completed" || asOf(one, now).status !== "completed" || !scope) return false;
  if (caller.user_id !== owner_user_id) return false;
  if (caller.api_key_id !== undefined && caller.api_key_id !== asked.api_key_id) return false;
  const held = exportScope(caller, resource);
  return held !== undefined && scopes.indexOf(held) >= scopes.indexOf(scope);
}

/** The name under which a file is saved. */
export const fileName = ({ resource, format, created_at }: StoredExport): string =>
  `${exportResources[resource].plural.replaceAll(" ", "-")}-${created_at.slice(0, 10)}.${format}`;

function taskStatus(status: (typeof exportStatuses)[number]) {
  if (status === "failed") return "failed";
  return status === "completed" || status === "expired" ? "completed" : "processing";
}
