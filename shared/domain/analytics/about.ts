import type { StoredClient } from "../client.ts";
import type { StoredProperty } from "../property-record.ts";
import type { About } from "./event.ts";

/** Whom what happens to a listing counts for. */
export const aboutProperty = ({
  id,
  owner_user_id,
  team_id,
  property_type,
  city,
}: StoredProperty): About => ({
  property_id: id,
  ...ofOwner({ owner_user_id, team_id }),
  property_type,
  ...(city ? { city } : {}),
});

/** Whom what happens to a client counts for, with the score that they have at that moment. */
export const aboutClient = ({
  id,
  lead_source,
  lead_score,
  came_by_enquiry,
  ...owned
}: StoredClient): About => ({
  client_id: id,
  ...ofOwner(owned),
  lead_score,
  ...(came_by_enquiry ? { is_lead: true, ...(lead_source ? { source: lead_source } : {}) } : {}),
});

/** Whom what happens to any other record counts for. */
export const ofOwner = ({
  owner_user_id,
  team_id,
}: {
  readonly owner_user_id: string;
  readonly team_id: string | null;
}): About => ({ user_id: owner_user_id, ...(team_id ? { team_id } : {}) });
