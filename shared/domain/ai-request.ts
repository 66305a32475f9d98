import * as z from "zod/mini";
import { aiDeadline, aiMinutes } from "./ai-deadline.ts";
import type { WriteStamp } from "./invocation.ts";
import { internalFields, type Lease, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields, text, timestamp } from "./schemas.ts";

export const aiSources = ["chat", "content", "cma", "workflow"] as const;
export type AiSource = (typeof aiSources)[number];

/** queued → processing → completed | failed; cancelled from either of the first two. */
export const aiStatuses = ["queued", "processing", "completed", "failed", "cancelled"] as const;

/** Characters of a conversation. */
const longestTalk = 60_000;

const message = z.strictObject({
  role: z.enum(["user", "assistant"]),
  content: text(8000),
});

const Chat = z.strictObject({
  messages: z.array(message).check(
    z.minLength(1),
    z.maxLength(40),
    z.describe(`The whole conversation, the question last; at most ${longestTalk} characters together`),
    z.refine((messages) => messages.reduce((sum, { content }) => sum + content.length, 0) <= longestTalk, {
      error: `must have at most ${longestTalk} characters together`,
    }),
  ),
  conversation_id: z.optional(
    id.check(z.describe("The first request of the conversation, which its answer named")),
  ),
});

const ListingDescription = z.strictObject({
  kind: z.literal("listing_description"),
  property_id: id,
  length: z
    .enum(["mls", "web", "social"])
    .check(z.describe("At most 1,000 characters for an MLS, 2,500 for a website, 280 for social media")),
  tone: z.optional(text(100).check(z.meta({ examples: ["warm, without superlatives"] }))),
  notes: z.optional(text(2000, "What is true of it and not in the record; may be said, too")),
});

const FollowUpEmail = z.strictObject({
  kind: z.literal("follow_up_email"),
  client_id: id,
  goal: text(500).check(z.meta({ examples: ["Invite to a second viewing on Saturday"] })),
});

const Content = z.discriminatedUnion("kind", [ListingDescription, FollowUpEmail]);
const CmaProse = z.strictObject({ cma_id: id });
const Workflow = z.strictObject({
  goal: text(1000).check(z.meta({ examples: ["Prepare Saturday's open house in Pike Street"] })),
});

/** What is asked, by source. */
export const payloads = { chat: Chat, content: Content, cma: CmaProse, workflow: Workflow } as const;
export type Payload<S extends AiSource = AiSource> = z.output<(typeof payloads)[S]>;

/** What asking the assistant takes. */
export const NewAiRequest = z.discriminatedUnion("source", [
  z.strictObject({ source: z.literal("chat"), request_payload: Chat }),
  z.strictObject({ source: z.literal("content"), request_payload: Content }),
  z.strictObject({ source: z.literal("cma"), request_payload: CmaProse }),
  z.strictObject({ source: z.literal("workflow"), request_payload: Workflow }),
]);

const span = z.readonly(
  z
    .array(z.int().check(z.gte(0)))
    .check(z.length(2), z.meta({ description: "Where in the text: from, to", examples: [[10, 24]] })),
);

/** A rule that the text breaks, or that a person should look at. */
export const AiCheck = z.object({
  rule: z.string().check(z.meta({ examples: ["us-familial-status-preference"] })),
  severity: z.enum(["block", "review"]),
  span,
  message: z.string(),
  suggestion: z.nullable(z.string()).check(z.describe("What to write instead")),
});

/** A number or a feature that the text claims, beside what the record says. */
export const AiFact = z.object({
  span,
  field: z.nullable(z.string()).check(z.meta({ examples: ["size_sqft"] })),
  value: z.union([z.string(), z.number(), z.boolean()]),
  record_value: z.unknown(),
  ok: z.boolean(),
});

const usable = z.boolean().check(z.describe("Nothing wrong or invented in it, and no rule that blocks it"));
const checks = z.readonly(z.array(AiCheck));
const checked = { checks, facts: z.readonly(z.array(AiFact)), usable };

/** A record that an answer was made from. */
const Source = z.object({ entity: z.string(), id, title: z.string() });

/** What it answered: a chat's message, a draft, prose about an analysis, or what a goal became. */
export const AiResponse = z.union([
  z.object({
    message: z.string(),
    sources: z.readonly(z.array(Source)),
    conversation_id: id,
    checks,
    usable,
  }),
  z.object({ text: z.string(), subject: z.optional(z.string()), ...checked }),
  z.object({ summary: z.string(), checks, usable }),
]);
export type AiResponse = z.output<typeof AiResponse>;

/** A request as lists show it: without what was asked and answered. */
export const AiRequestSummary = z.object({
  ...recordFields,
  user_id: id.check(z.describe("Who asked")),
  source: z.enum(aiSources),
  provider: z.literal("openai"),
  model: z.string(),
  status: z.enum(aiStatuses),
  reason: z.nullable(z.string()).check(z.describe("Why it failed")),
  conversation_id: z.nullable(id),
  started_at: z.nullable(timestamp),
  completed_at: z.nullable(timestamp),
});

/** What calls of the model cost. */
export const AiCost = z.object({
  input_tokens: z.int().check(z.gte(0)),
  output_tokens: z.int().check(z.gte(0)),
  cost_usd: z.number().check(z.gte(0)),
});

const Asked = z.union([Chat, ListingDescription, FollowUpEmail, CmaProse, Workflow]);

/** A request to the assistant, as stored. */
const AiRequestFields = z.extend(AiRequestSummary, {
  request_payload: Asked,
  response_payload: z.nullable(AiResponse),
});

/** A request to the assistant. */
export const AiRequest = z.extend(AiRequestFields, {
  usage: AiCost,
  attempts: z.int().check(z.gte(0), z.describe("Calls of the model, those that failed included")),
});

/** Requests in the table; whoever asked owns theirs. What was called and spent stands beside each (`ai-calls.ts`). */
export const aiRequestRecord = recordType({
  name: "ai_request",
  schema: 1,
  guard: "ai",
  fields: AiRequestFields,
  listed: AiRequestSummary,
  internal: internalFields<{
    readonly owner_user_id: string;
    /** Who asked, by which session or key: the assistant reads with what these may do while it runs. */
    readonly asked: WriteStamp & { readonly session_id?: string | undefined };
    /** What was proposed, in its order. */
    readonly proposals?: readonly string[];
    readonly lease?: Lease | null;
  }>(),
  lists: ["brokerage", "owner"],
  // What a client is written about is erased with them.
  indexAttributes: ({ request_payload }) =>
    request_payload && "client_id" in request_payload ? { client_id: request_payload.client_id } : {},
  job: {
    startsOn: ["queued"],
    deadlines: { queued: 60, processing: aiMinutes },
    claimed: ({ started_at }, now) =>
      ({ status: "processing", started_at: started_at ?? now.toISOString() }) as const,
    failed: (_, cause, now) => ({
      status: "failed" as const,
      reason: cause === "expired" ? tookTooLong : "The request could not be answered",
      completed_at: now.toISOString(),
    }),
  },
});
export type StoredAiRequest = RecordOf<typeof aiRequestRecord>;

/** Why a request has failed that ran out of time. */
export const tookTooLong = `It was not answered within ${aiMinutes} minutes`;

/** A request at a moment: one that has run too long has failed, before a schedule has written so. */
export function aiRequestAt<R extends z.output<typeof AiRequestSummary>>(request: R, now: Date): R {
  const deadline = request.status === "processing" ? aiDeadline(request) : undefined;
  if (!deadline || deadline > now) return request;
  return { ...request, status: "failed" as const, reason: tookTooLong, completed_at: deadline.toISOString() };
}
