import { isDeepStrictEqual } from "node:util";
import { listedStatuses } from "../access.ts";
import type { StoredClient } from "../client.ts";
import type { ImportMark, UndoMark } from "../import.ts";
import type { StoredInteraction } from "../interaction.ts";
import type { WriteStamp } from "../invocation.ts";
import type { StoredProperty } from "../property-record.ts";
import { id } from "../schemas.ts";
import { aboutClient, aboutProperty } from "./about.ts";
import type { About, ownEventTypes, resoEventTypes, StoredEvent } from "./event.ts";
import { eventIdOf } from "./event-id.ts";
import { isTooOld } from "./new-events.ts";

/**
 * What changes of records say for the numbers. Each event's id is made of the record, its version and what happened, so that
 * a change that is told twice is one event. What an import writes is no event: it is the past, and in thousands.
 */

/** Something that happened to a record, as a version of it tells. */
interface Happened {
  readonly metric_type: (typeof ownEventTypes)[number] | (typeof resoEventTypes)[number];
  readonly value: number | string;
  readonly about: About;
  /** When; the moment of the change unless said. */
  readonly at?: string;
}

/** The change that tells it: what it happened to, at which moment, and by what it is one change and no other. */
interface Told {
  readonly brokerage_id: string;
  readonly entity_type: string;
  readonly entity_id: string;
  readonly by: readonly (string | number)[];
  readonly at: string;
  readonly written: WriteStamp;
}

/** The event of what happened. What was noted more than seven days later counts as of then: earlier days are final. */
export function ownEvent(
  { brokerage_id, entity_type, entity_id, by, written, ...told }: Told,
  { metric_type, value, about, at = told.at }: Happened,
  now: Date,
): StoredEvent {
  return {
    ...{ brokerage_id, entity_type, entity_id, metric_type, value, about },
    id: eventIdOf(...by, metric_type),
    user_id: personIn(written),
    occurred_at: isTooOld(at, new Date(told.at)) ? told.at : at,
    arrived_at: now.toISOString(),
  };
}

/** The user who did it themselves, and no API key or function. */
const personIn = ({ by, api_key_id }: WriteStamp): string | null =>
  api_key_id === undefined && id.safeParse(by).success ? by : null;

/** Whether an import, or the undo of one, wrote a version of a record. */
const isByImport = (before: Marked | undefined, after: Marked, version: number): boolean =>
  after.import?.version === version || !isDeepStrictEqual(after.undone, before?.undone);
interface Marked {
  readonly import?: ImportMark | undefined;
  readonly undone?: UndoMark | undefined;
}

/** What a change of a listing says: listed by somebody, another status or price, closed. */
export function listingHappenings(
  before: StoredProperty | undefined,
  after: StoredProperty,
  version: number,
): Happened[] {
  if (isByImport(before, after, version)) return [];
  const about = aboutProperty(after);
  const said = (metric_type: Happened["metric_type"], value: Happened["value"]) => ({
    metric_type,
    value,
    about,
  });
  if (!before) {
    // A past sale that is added is no listing, and what is restored was listed before.
    const isOnMarket = listedStatuses.some((status) => status === after.status);
    return version === 1 && isOnMarket ? [said("listed", 1)] : [];
  }
  const isMoved = before.status !== after.status;
  return [
    ...(isMoved ? [said("status_changed", `${before.status}>${after.status}`)] : []),
    ...(isMoved && after.status === "sold" ? [said("closed", after.close_price ?? 0)] : []),
    ...(before.price === after.price ? [] : [said("price_changed", cents(after.price - before.price))]),
  ];
}

const cents = (amount: number) => Math.round(amount * 100) / 100;

/**
 * What a change of a client says: another nurture status (of a new client from none: `>new`), and the first response to who
 * came by an enquiry, in minutes.
 */
export function clientHappenings(
  before: StoredClient | undefined,
  after: StoredClient,
  version: number,
): Happened[] {
  // A score that moves carries an import's mark on, and is none of its writes.
  const isByScore = after.scored?.version === version;
  if ((!isByScore && isByImport(before, after, version)) || (!before && version > 1)) return [];
  const about = aboutClient(after);
  const { nurture_status: to, first_responded_at: responded, created_at } = after;
  const from = before?.nurture_status ?? "";
  const isResponse = after.came_by_enquiry && before?.first_responded_at === null && responded !== null;
  return [
    ...(from === to
      ? []
      : [{ metric_type: "client_status_changed" as const, value: `${from}>${to}`, about }]),
    ...(isResponse
      ? [
          {
            metric_type: "first_response" as const,
            value: minutesBetween(created_at, responded),
            at: responded,
            about,
          },
        ]
      : []),
  ];
}

const minutesBetween = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 60_000;

/**
 * What a new interaction with a client says: a contact by a person, which a meeting is an appointment, too; or the lead
 * that came with it.
 */
export function interactionHappenings(
  { user_id, type, occurred_at: at, client_id, written, enquiry }: StoredInteraction,
  client: StoredClient | undefined,
): Happened[] {
  const about = client ? aboutClient(client) : { client_id };
  const lead = { metric_type: "lead_received", value: 1, at, about: { ...about, is_lead: true } } as const;
  if (enquiry) return enquiry.is_first ? [lead] : [];
  if (type === "note" || user_id === null || written.api_key_id !== undefined) return [];
  const theirs = { ...about, user_id };
  return [
    { metric_type: "contact", value: type, at, about: theirs },
    ...(type === "meeting" ? [{ metric_type: "appointment" as const, value: 1, at, about: theirs }] : []),
  ];
}
