import { clientRecord, type StoredClient } from "../domain/client.ts";
import type { WriteStamp } from "../domain/invocation.ts";
import type { Assign, Enquiry } from "../domain/lead-routing.ts";
import { type DueList, recordKey } from "./record-item.ts";
import { asRead, type Stamp } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, PutWrite, TableReader } from "./table.ts";

/**
 * The lead that made a client, while somebody is to claim it or to answer in time: it stands beside the client, in the
 * list of what is unclaimed or of what waits for an answer. Once closed it is in no list, and says who claimed it.
 */
export interface OpenLead {
  readonly brokerage_id: string;
  /** The client's. */
  readonly id: string;
  readonly version: number;
  readonly state: "unclaimed" | "waiting" | "closed";
  /** When it was offered, or given to its owner. */
  readonly at: string;
  /** Whose the client is, unless a person has decided otherwise since. */
  readonly owner_user_id: string;
  readonly assign: Assign;
  /** Minutes within office hours in which somebody is to answer; none is no limit. */
  readonly minutes?: number | undefined;
  /** When they are over. */
  readonly due_at?: string | undefined;
  /** Who has had it. */
  readonly had: readonly string[];
  readonly claimed_by?: string | undefined;
  readonly enquiry: Enquiry & { readonly property_id: string | null };
  readonly reason: string;
}

/** The audience of all that is unclaimed: whom it is offered to is decided of each, for there are never many. */
export const unclaimed = "lead unclaimed";
/** And of all that somebody is to answer in time. */
export const waiting = "lead waiting";
const audiences = { unclaimed: { audience: unclaimed }, waiting: { audience: waiting }, closed: {} };

export const openLeadKey = (brokerageId: string, clientId: string): Key => ({
  pk: recordKey(brokerageId, clientRecord, clientId).pk,
  sk: "lead",
});

/** Writes a lead as it is from now on, over the version that was read. */
export function putOpenLead(
  { state, assign, enquiry, reason, due_at, ...more }: OpenLead,
  read: number | undefined,
  { written }: Pick<Stamp, "written">,
): PutWrite {
  const clock = state === "closed" || !due_at ? {} : { due_list: "leads" satisfies DueList, due_at };
  const item = {
    ...openLeadKey(more.brokerage_id, more.id),
    ...{ ...more, state, written, version: (read ?? 0) + 1, ...clock },
    ...audiences[state],
    // As a list shows it.
    listed: { assign, enquiry, reason, due_at },
  };
  return { Put: { Item: withSchemaVersion("lead", item), ...asRead(read) }, ifConditionFails: "conflict" };
}

/** The open lead of a client, and the client; each undefined where there is none. */
export async function readOpenLead(
  table: TableReader,
  brokerageId: string,
  clientId: string,
): Promise<readonly [OpenLead | undefined, Item | undefined]> {
  const keys = [openLeadKey(brokerageId, clientId), recordKey(brokerageId, clientRecord, clientId)];
  const [lead, client] = await table.getMany(keys);
  return [lead && openLeadIn(lead), client];
}

function openLeadIn(item: Item): OpenLead {
  const { brokerage_id, id, version, state, at, owner_user_id, minutes, had, claimed_by, listed, due_at } =
    item as unknown as OpenLead & { readonly listed: Pick<OpenLead, "assign" | "enquiry" | "reason"> };
  return { brokerage_id, id, version, state, at, owner_user_id, minutes, had, claimed_by, ...listed, due_at };
}

/**
 * Whether somebody is still to answer, or to claim: nobody of the brokerage has been in contact, and no person has given
 * the client to another.
 */
export const isOpen = (lead: OpenLead, client: StoredClient | undefined): client is StoredClient =>
  lead.state !== "closed" &&
  client !== undefined &&
  client.merged_into === null &&
  client.first_responded_at === null &&
  client.owner_user_id === lead.owner_user_id;

/** Closes a lead: nobody is to claim it any more, and no clock runs. */
export const closeLead = (
  lead: OpenLead,
  stamp: { readonly written: WriteStamp },
  claimed_by = lead.claimed_by,
): PutWrite => putOpenLead({ ...lead, state: "closed", due_at: undefined, claimed_by }, lead.version, stamp);
