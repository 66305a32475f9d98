import { type Caller, decide, scopeOf } from "../domain/access.ts";
import { aboutProperty } from "../domain/analytics/about.ts";
import type { About, MetricType, StoredEvent } from "../domain/analytics/event.ts";
import { eventIdOf } from "../domain/analytics/event-id.ts";
import { eventOrFault, happenedAt, type NewEvent, type SentEvent } from "../domain/analytics/new-events.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { InputError } from "../domain/problem.ts";
import { propertyRecord, type StoredProperty } from "../domain/property-record.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import type { TableReader } from "./table.ts";
import { visitorMark } from "./visitors.ts";

/** Who sends events, and how a request that is sent again is known. */
interface Sender {
  readonly caller: Caller;
  readonly cursorKey: string;
  /** The request's Idempotency-Key. */
  readonly repeatedAs: string | undefined;
}

/** An event of a request: to be written, or what is wrong with it. */
type Read = { readonly event: StoredEvent } | { readonly fault: InputError };

/**
 * What a request tells, in its order: of all properties in it, one BatchGetItem reads whose they are, as of now. A fault
 * tells nothing of a property to who may not read it: such an event is taken, and counts for nothing.
 */
export async function readSent(
  table: TableReader,
  sent: readonly SentEvent[],
  sender: Sender,
  { now, newId }: Pick<Invocation, "now" | "newId">,
): Promise<Read[]> {
  const told = sent.map((one) => eventOrFault(one, now));
  const sound = told.flatMap((one) => ("event" in one ? [one.event] : []));
  const properties = await propertiesOf(table, sender.caller.brokerage_id, sound);
  return told.map((one, index): Read => {
    if ("fault" in one) return one;
    const { event } = one;
    const about = aboutSent(event, properties, sender.caller, now);
    if (!about) return { fault: { path: "/entity_id", message: notTheirs } };
    // What is sent again with the same key is the same, also where the first try did not come to an end.
    const again = event.event_id ? [senderOf(sender), event.event_id] : repeatOf(sender, index, event);
    return { event: eventOf(event, about, again ? eventIdOf("sent", again) : newId(), sender, now) };
  });
}

const notTheirs = "must be a property that you may read, and whose numbers you may add to";

async function propertiesOf(table: TableReader, brokerageId: string, told: readonly NewEvent[]) {
  const named = told.flatMap(({ entity_type, entity_id }) =>
    entity_type === "property" && entity_id ? [entity_id] : [],
  );
  const ids = [...new Set(named)];
  const items =
    ids.length === 0 ? [] : await table.getMany(ids.map((id) => recordKey(brokerageId, propertyRecord, id)));
  return new Map(ids.map((id, at) => [id, aliveIn(propertyRecord, items[at])]));
}

/** Each sender has ids of its own: two websites may both count from 1. */
const senderOf = ({ caller }: Sender): string => caller.api_key_id ?? caller.user_id;

const repeatOf = (sender: Sender, index: number, event: NewEvent) =>
  sender.repeatedAs && [senderOf(sender), sender.repeatedAs, index, event];

/** Whom an event counts for; nobody where its sender may not tell of the property; undefined where that is to be said. */
function aboutSent(
  { entity_type, entity_id }: NewEvent,
  properties: ReadonlyMap<string, StoredProperty | undefined>,
  caller: Caller,
  now: Date,
): About | undefined {
  if (entity_type !== "property") return {};
  const property = properties.get(entity_id!);
  const may = (permission: "property:read" | "analytics:write") =>
    property !== undefined && decide(caller, permission, property, now).allowed;
  if (may("analytics:write") && (!isTold(caller) || may("property:read"))) return aboutProperty(property!);
  return isTold(caller) ? undefined : {};
}

/** Whether a caller learns of a fault that tells of a property. */
const isTold = (caller: Caller): boolean => scopeOf(caller, "property:read") !== undefined;

function eventOf(
  { entity_type, entity_id, metric_type, ...told }: NewEvent,
  about: About,
  id: string,
  { caller, cursorKey }: Sender,
  now: Date,
): StoredEvent {
  const occurred_at = happenedAt(told, now);
  // A word about one of RESO's could say who it was: only senders' own kinds keep theirs.
  const isWord = typeof told.value === "string" && !metric_type.startsWith("x_");
  const visitor =
    isWord && metric_type === "detailed_view"
      ? { visitor: visitorMark(cursorKey, occurred_at, "sent", String(told.value)) }
      : {};
  return {
    ...{ id, brokerage_id: caller.brokerage_id, entity_type, occurred_at },
    entity_id: entity_id ?? null,
    user_id: caller.session_id ? caller.user_id : null,
    metric_type: metric_type as MetricType,
    value: isWord ? 1 : told.value,
    arrived_at: now.toISOString(),
    about: { ...about, ...visitor },
  };
}
