import * as z from "zod/mini";
import type { Caller } from "./access.ts";
import { invalidInput } from "./problem.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { id, moment, recordFields, text, timestamp } from "./schemas.ts";

export const interactionTypes = ["email", "call", "meeting", "note"] as const;

const type = z
  .enum(interactionTypes)
  .check(z.describe("An email, call or meeting is a contact with the client; a note is none"));

/** Something that was said, or noted, with or about a client. */
export const Interaction = z.object({
  ...recordFields,
  client_id: id,
  user_id: z.nullable(id).check(z.describe("Who of the brokerage; null for what came in by itself")),
  type,
  notes: z.nullable(z.string()),
  occurred_at: timestamp,
  outcome: z.nullable(z.string()),
});
export type Interaction = z.output<typeof Interaction>;

const writable = z.strictObject({
  notes: z.nullable(text(10_000)),
  occurred_at: moment("When it was; not in the future"),
  outcome: z.nullable(text(200, "What came of it").check(z.meta({ examples: ["Wants to see it again"] }))),
});

/** What noting an interaction takes: its type; it was now unless said. */
export const NewInteraction = z.extend(z.partial(writable), { type });
/** A merge patch of an interaction. */
export const InteractionPatch = z.extend(z.partial(writable), { type: z.optional(type) });

/** What an enquiry was about, at the note that it left. */
export interface EnquiryMark {
  /** Whether its client came with it, and not long ago. */
  readonly is_first: boolean;
  readonly property_id: string | null;
}

/** Interactions in the table, by their client, who decides who may read and write them. */
export const interactionRecord = recordType({
  name: "interaction",
  schema: 1,
  guard: "client",
  fields: Interaction,
  listed: Interaction,
  internal: internalFields<{
    /** Only of what an enquiry left: see `shared/data/leads.ts`. */
    readonly enquiry?: EnquiryMark | undefined;
  }>(),
  lists: [],
  parent: { name: "client", idOf: ({ client_id }) => client_id },
  indexAttributes: ({ client_id, occurred_at }) => ({ client_id, at: occurred_at }),
  // One deleted by itself is gone within a day.
  hoursDeleted: 20,
});
export type StoredInteraction = RecordOf<typeof interactionRecord>;

/** A new interaction of a client with a user. Throws 400 for one in the future. */
export const newInteraction = (
  body: z.output<typeof NewInteraction>,
  { client_id, user_id }: Pick<Interaction, "client_id" | "user_id">,
  now: Date,
) => ({ ...body, client_id, user_id, occurred_at: happened(body.occurred_at, now) });

/** What a patch changes of an interaction. Throws 400 for one in the future. */
export const changedInteraction = (patch: z.output<typeof InteractionPatch>, now: Date) => ({
  ...patch,
  ...(patch.occurred_at === undefined ? {} : { occurred_at: happened(patch.occurred_at, now) }),
});

/** How far a caller's clock may be ahead of ours, in milliseconds. */
export const clocksApart = 5 * 60_000;

/** When it happened: now unless said, and never later. Throws 400 for a moment in the future. */
export function happened(said: string | undefined, now: Date): string {
  const at = said === undefined ? now.getTime() : Date.parse(said);
  if (at > now.getTime() + clocksApart) throw invalidInput("/occurred_at", "must not be in the future");
  return new Date(Math.min(at, now.getTime())).toISOString();
}

/** Moments that a client shows of the contacts with them. */
interface Contacts {
  readonly created_at: string;
  readonly last_contacted_at: string | null;
  readonly first_responded_at: string | null;
}

/**
 * What an interaction changes of its client: the latest contact, which never goes back; and the first response, which
 * is set once, by a person with a session. Nobody responds before there is a client.
 */
export function contactOf(
  { created_at, last_contacted_at, first_responded_at }: Contacts,
  { type, occurred_at }: Pick<Interaction, "type" | "occurred_at">,
  { session_id }: Pick<Caller, "session_id">,
): Partial<Pick<Contacts, "last_contacted_at" | "first_responded_at">> {
  if (type === "note") return {};
  const isLater = last_contacted_at === null || occurred_at > last_contacted_at;
  const isResponse = first_responded_at === null && session_id !== undefined;
  return {
    ...(isLater ? { last_contacted_at: occurred_at } : {}),
    ...(isResponse ? { first_responded_at: occurred_at > created_at ? occurred_at : created_at } : {}),
  };
}
