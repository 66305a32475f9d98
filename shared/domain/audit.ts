import * as z from "zod/mini";
import { type Caller, type Permission, type Resource, resources, scopeOf } from "./access.ts";
import { id, listQuery, moment, queryInteger, timestamp } from "./schemas.ts";

/** Everything that an entry of the log can say has happened. Closed: clients tell them apart by name. */
export const auditTypes = [
  "sign_in",
  "sign_in_failed",
  "sign_out",
  "refresh_reused",
  "password_changed",
  "password_reset",
  "user_invited",
  "user_deactivated",
  "user_reactivated",
  "roles_changed",
  "permissions_changed",
  "team_changed",
  "key_created",
  "key_revoked",
  "share_added",
  "share_removed",
  "exported",
  "handed_over",
  "erased",
  "ai_proposed",
  "ai_approved",
  "ai_undone",
  "record_created",
  "record_changed",
  "record_deleted",
  "record_restored",
] as const;
export type AuditType = (typeof auditTypes)[number];

/** How a record changed. */
export const changeTypes = ["created", "changed", "deleted", "restored"] as const;
export type ChangeType = (typeof changeTypes)[number];

/** Days for which `GET /v1/changes` answers what was logged; the log itself is kept. */
export const changesReadableDays = 30;

const sequence = z
  .int()
  .check(
    z.gte(1),
    z.meta({ description: "Counts the brokerage's entries from 1, without a gap", examples: [4711] }),
  );
const entity = z.string().check(z.meta({ examples: ["property"] }));
const recordId = z.string().check(z.meta({ examples: ["019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f"] }));
const by = z.nullable(z.string()).check(
  z.meta({
    description: "A user's id, or the name of the function that did it; null where nobody is known",
    examples: ["019bb1f7-0ca7-7e51-9b6c-2d84f7a0c3e5"],
  }),
);
const operationId = z.string().check(z.describe("The same for all that one request, or one job, did"));
const hash = z.string().check(z.meta({ examples: ["Xr1i3l0Q2sF5m0Zz8cPqv1nB6d9wT4yKjUeHaGx7RkE"] }));

/** A change of a record, or only its place in the sequence where the caller may not read the record. */
export const RecordChange = z.discriminatedUnion("type", [
  z.object({
    sequence,
    type: z.enum(changeTypes),
    entity,
    id: recordId,
    version: z.int().check(z.gte(1)),
    at: timestamp,
    by,
    operation_id: operationId,
    fields: z
      .array(z.string())
      .check(z.describe("The names of what changed; none of a created record, for all is new")),
  }),
  z.object({ sequence, type: z.literal("hidden") }),
]);
export type RecordChange = z.output<typeof RecordChange>;

/** What `GET /v1/changes` takes. */
export const ChangesQuery = z.strictObject({
  since: z._default(queryInteger(0, 1e12, "The last sequence that you have; 0 for the beginning"), 0),
  limit: z._default(queryInteger(1, 100, "Entries on a page"), 100),
});

/** A page of changes. */
export const Changes = z.object({
  items: z.array(RecordChange),
  next_since: z.int().check(z.gte(0), z.describe("Send it as since the next time")),
  has_more: z.boolean(),
});

/** One field of a change. Secrets and very long values are replaced by a word in parentheses. */
export const FieldChange = z.object({
  field: z.string().check(z.meta({ examples: ["price"] })),
  before: z.unknown(),
  after: z.unknown(),
});
export type FieldChange = z.output<typeof FieldChange>;

/** What happened, as audits see it. */
export const AuditEvent = z.object({
  sequence,
  at: timestamp,
  type: z.enum(auditTypes),
  by,
  ip: z.nullable(z.string()).check(z.meta({ examples: ["203.0.113.24"] })),
  user_agent: z.nullable(z.string()),
  api_key_id: z
    .nullable(id)
    .check(z.describe("The API key with which `by` did it; null for what they did themselves")),
  operation_id: operationId,
  entity,
  id: recordId,
  version: z
    .nullable(z.int())
    .check(z.describe("The record's version; null where it is no change of a record")),
  changes: z
    .array(FieldChange)
    .check(z.describe("Empty where you may not read all of the brokerage's records of the entity")),
  hash,
});
export type AuditEvent = z.output<typeof AuditEvent>;

/** What `GET /v1/audit-events` takes. */
export const AuditQuery = z
  .strictObject({
    ...listQuery,
    user_id: z.optional(
      id.check(z.describe("What this user did, and sign-ins that failed at their account")),
    ),
    entity: z.optional(
      z
        .string()
        .check(
          z.minLength(1),
          z.maxLength(40),
          z.meta({ examples: ["property"], pattern: "^[a-z_]+$" }),
          z.regex(/^[a-z_]+$/),
        ),
    ),
    id: z.optional(
      z
        .string()
        .check(
          z.minLength(1),
          z.maxLength(100),
          z.regex(/^[\w-]+$/),
          z.meta({ description: "One record's history; needs entity", pattern: "^[A-Za-z0-9_-]+$" }),
        ),
    ),
    from: z.optional(moment("What happened at this time or later")),
    to: z.optional(moment("What happened before this time")),
    type: z.optional(z.enum(auditTypes)),
  })
  .check(
    z.refine(({ id, entity }) => id === undefined || entity !== undefined, {
      path: ["id"],
      error: "needs entity",
    }),
    // Of what is no moment that is said already.
    z.refine(({ from = "", to = "" }) => !(Date.parse(from) >= Date.parse(to)), {
      path: ["to"],
      error: "must be after from",
    }),
  );
export type AuditQuery = z.output<typeof AuditQuery>;

/** Size and head of the log at a moment, signed. */
export const AuditCheckpoint = z.object({
  sequence,
  hash,
  at: timestamp,
  jws: z.string().check(
    z.meta({
      description:
        "Compact JWS (EdDSA) whose payload is {brokerage_id, sequence, hash, at}; its kid names one of `keys`. Keep it: it proves what the log was",
      examples: ["eyJhbGciOiJFZERTQSJ9.eyJzZXF1ZW5jZSI6NDcxMX0.bm90IGEgc2lnbmF0dXJl"],
    }),
  ),
});
export type AuditCheckpoint = z.output<typeof AuditCheckpoint>;

/** A public key with which checkpoints are verified. */
export const CheckpointKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string().check(z.meta({ examples: ["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"] })),
  kid: z.string().check(z.meta({ examples: ["1Xt8rW5n"] })),
  use: z.literal("sig"),
  alg: z.literal("EdDSA"),
});
export type CheckpointKey = z.output<typeof CheckpointKey>;

/** Entities whose permission is another resource's. */
const guards: Readonly<Record<string, Resource>> = {
  ...({
    media: "property",
    market: "cma",
    interaction: "client",
    merge: "client",
    erasure: "client",
    ai_request: "ai",
    proposal: "ai",
  } as const),
  ...({ hand_over: "user", picture: "user", lead_routing: "brokerage", custom_fields: "brokerage" } as const),
};

/** The resource that guards an entity's records; undefined for what is no record. */
export const guardOf = (entity: string): Resource | undefined =>
  guards[entity] ?? resources.find((resource) => resource === entity);

/** Whether the caller may read all of the brokerage's records of an entity. */
export function readsAll(caller: Caller, entity: string): boolean {
  const guard = guardOf(entity);
  return guard !== undefined && scopeOf(caller, `${guard}:read` as Permission) === "brokerage";
}

/** The day of a moment in UTC. */
export const dayOf = (moment: string): string => moment.slice(0, 10);
