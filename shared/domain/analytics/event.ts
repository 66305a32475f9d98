import * as z from "zod/mini";
import { id, timestamp } from "../schemas.ts";

/**
 * What may be told of a listing by a website or an app: EventType of RESO's InternetTracking, in snake_case. What begins
 * with `x_` is the sender's own: it is kept and listed, and counts in no view.
 */
export const resoEventTypes = ["detailed_view", "favorited", "share", "submission_of_lead_form"] as const;

/** What Gable notes itself, of changes of records; nobody can send these. */
export const ownEventTypes = [
  "lead_received",
  "first_response",
  "contact",
  "appointment",
  "client_status_changed",
  "listed",
  "status_changed",
  "price_changed",
  "closed",
  "analysis_completed",
  "report_viewed",
  "assistant_used",
  "records_imported",
] as const;
export type MetricType = (typeof resoEventTypes)[number] | (typeof ownEventTypes)[number] | `x_${string}`;

/** Something that happened, as it is kept and listed. */
export const AnalyticsEvent = z.object({
  id: z.string(),
  user_id: z.nullable(id),
  entity_type: z.string(),
  entity_id: z.nullable(z.string()),
  metric_type: z.string(),
  value: z.union([z.number(), z.string()]),
  occurred_at: timestamp,
});
export type AnalyticsEvent = z.output<typeof AnalyticsEvent>;

/**
 * Whom and what an event counts for, as things were when it was written: so that a bucket folded again from its events
 * is the same, whoever owns the record by then.
 */
export interface About {
  /** Whose number it is: the owner of the listing or the client, or who had the contact. */
  readonly user_id?: string;
  readonly team_id?: string;
  readonly property_id?: string;
  readonly client_id?: string;
  /** Of a listing: its type and city, for similar ones. */
  readonly property_type?: string;
  readonly city?: string;
  /** Of a client: where the lead came from, and the score at that moment. */
  readonly source?: string;
  readonly lead_score?: number;
  /** Whether the client came by an enquiry: only these are compared with the leads. */
  readonly is_lead?: true;
  /** Who looked: 8 characters that stand for a person for a month, and name nobody. */
  readonly visitor?: string;
}

/** An event in the table. */
export interface StoredEvent extends AnalyticsEvent {
  readonly brokerage_id: string;
  readonly metric_type: MetricType;
  /** When it was written: what comes late is folded into its day all the same. */
  readonly arrived_at: string;
  readonly about: About;
}
