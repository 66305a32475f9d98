import { aboutProperty } from "../domain/analytics/about.ts";
import type { StoredEvent } from "../domain/analytics/event.ts";
import { isByProgram } from "../domain/analytics/visits.ts";
import { clientRecord } from "../domain/client.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { StoredProperty } from "../domain/property-record.ts";
import type { StoredUser } from "../domain/user.ts";
import { eventWrite, newLookId } from "./events.ts";
import { lookupKey } from "./records.ts";
import type { PutWrite, TableReader } from "./table.ts";
import { visitorMark } from "./visitors.ts";

/** A request that shows a listing. */
type Showing = Pick<Invocation, "now" | "newId" | "written"> & { readonly cursorKey: string };

/** Notes that somebody looked at a listing who is known by address and browser only; nothing for a program. */
export function viewByAnyone(
  property: StoredProperty,
  userAgent: string | null,
  showing: Showing,
): readonly PutWrite[] {
  if (isByProgram(userAgent)) return [];
  const { now, cursorKey, written } = showing;
  const visitor = visitorMark(cursorKey, now.toISOString(), "address", written.ip, userAgent);
  return [eventWrite({ ...viewOf(property, showing), about: { ...aboutProperty(property), visitor } })];
}

/** Notes that a user of role client looked at a listing: as the client that they are, once their email is verified. */
export async function viewByClient(
  table: TableReader,
  property: StoredProperty,
  { id, email, email_verified_at }: StoredUser,
  showing: Showing,
): Promise<PutWrite> {
  const { brokerage_id } = property;
  const lookup = email_verified_at
    ? await table.get<{ pk: string; sk: string; id: string }>(
        lookupKey(clientRecord, "email", email, brokerage_id),
      )
    : undefined;
  const visitor = visitorMark(showing.cursorKey, showing.now.toISOString(), "user", id);
  const view = { ...viewOf(property, showing), user_id: id };
  const about = { ...aboutProperty(property), visitor };
  if (!lookup) return eventWrite({ ...view, about });
  const known = { id: newLookId(showing.newId), about: { ...about, client_id: lookup.id } };
  return eventWrite({ ...view, ...known });
}

const viewOf = (
  { brokerage_id, id }: StoredProperty,
  { now, newId }: Showing,
): Omit<StoredEvent, "about"> => ({
  ...{ id: newId(), brokerage_id, user_id: null, entity_type: "property", entity_id: id },
  ...{ metric_type: "detailed_view", value: 1 },
  ...{ occurred_at: now.toISOString(), arrived_at: now.toISOString() },
});
