import type * as z from "zod/mini";
import { type Caller, decide, scopeOf } from "../domain/access.ts";
import { clientRecord, type StoredClient } from "../domain/client.ts";
import { isOfferedTo, type Lead } from "../domain/lead.ts";
import type { Assign } from "../domain/lead-routing.ts";
import { Problem } from "../domain/problem.ts";
import type { StoredUser } from "../domain/user.ts";
import { decryptCursor, encryptCursor } from "./cursor.ts";
import { ownedBy } from "./lead-assignment.ts";
import { entriesFrom, examined, type ListQuery, type Page } from "./list.ts";
import { closeLead, isOpen, type OpenLead, readOpenLead, unclaimed } from "./open-leads.ts";
import { mayOwn } from "./owners.ts";
import { aliveIn, pick, recordKey } from "./record-item.ts";
import { changeRecord, type Stamp } from "./records.ts";
import type { Item, PutWrite, TableQuerier, TableReader } from "./table.ts";

/**
 * One page of what a caller may claim, the oldest first: of all that is unclaimed, what is offered to them or their teams,
 * or all of it for who reads all leads. A page examines 500 entries at most, and shows nothing that was claimed or
 * answered a moment ago.
 */
export async function unclaimedPage(
  table: TableQuerier,
  {
    caller,
    query,
    cursorKey,
  }: { readonly caller: Caller; readonly query: ListQuery; readonly cursorKey: string },
): Promise<Page<z.input<typeof Lead>>> {
  const { brokerage_id } = caller;
  const { limit, cursor } = query;
  const scope = `leads ${caller.user_id}`;
  const from = cursor === undefined ? undefined : decryptCursor<Item>(cursor, cursorKey, scope);
  const readsAll = scopeOf(caller, "lead:read") === "brokerage";
  const partition = { brokerage_id, audience: unclaimed };
  const { items, last } = await entriesFrom(
    table,
    "audience_at",
    partition,
    from,
    readsAll ? limit : examined,
  );
  const offered = items.filter((entry) => readsAll || isOfferedTo(caller, listedOf(entry).assign));
  const chosen = offered.slice(0, limit);
  const end = offered.length > limit ? chosen.at(-1) : last;
  const place = ["brokerage_id", "audience", "at", "id", "pk", "sk"];
  return {
    items: await shownOf(table, brokerage_id, chosen),
    next_cursor: end ? encryptCursor(pick(end, place), cursorKey, scope) : null,
  };
}

interface Listed extends Pick<OpenLead, "enquiry" | "reason" | "due_at"> {
  readonly assign: Assign;
}
const listedOf = (entry: Item) => entry.listed as Listed;

/** Leads as they are shown: without a way to reach the client, which is for whoever claims them. */
async function shownOf(table: TableReader, brokerageId: string, entries: readonly Item[]) {
  if (entries.length === 0) return [];
  const keys = entries.map(({ id }) => recordKey(brokerageId, clientRecord, String(id)));
  const clients = (await table.getMany(keys)).map((item) => aliveIn(clientRecord, item));
  return entries.flatMap((entry, at) => {
    const client = clients[at];
    if (!client || client.first_responded_at !== null || client.merged_into !== null) return [];
    const { enquiry, reason, due_at } = listedOf(entry);
    return [
      {
        client_id: client.id,
        name: client.name,
        ...enquiry,
        offered_at: String(entry.at),
        claim_by: due_at ?? null,
        reason,
      },
    ];
  });
}

/**
 * The client of whoever claims it: the first of those it is offered to, or of those who may change the client anyway.
 * Whoever has claimed it gets it again. Throws 404 for others, 409 once it is claimed, answered or no longer offered.
 */
export async function claimLead(
  table: TableReader,
  { caller, user }: { readonly caller: Caller; readonly user: StoredUser },
  clientId: string,
  stamp: Stamp,
): Promise<{ readonly record: StoredClient; readonly writes: readonly PutWrite[] }> {
  const [lead, item] = await readOpenLead(table, caller.brokerage_id, clientId);
  const client = aliveIn(clientRecord, item);
  const mayChange = client && decide(caller, "client:write", client, stamp.now).allowed;
  if (!client || !(mayChange || (lead && isOfferedTo(caller, lead.assign)))) throw new Problem("not_found");
  if (lead?.claimed_by === user.id && client.owner_user_id === user.id) return { record: client, writes: [] };
  if (lead?.state !== "unclaimed" || !isOpen(lead, client))
    throw new Problem("invalid_transition", "It is not to be claimed: somebody has claimed or answered it");
  if (!mayOwn(user)) throw new Problem("forbidden", "Only an agent, an employee or an admin has clients");
  const { record, writes } = changeRecord(clientRecord, client, ownedBy(user, lead.assign.team_id), stamp);
  const claimed = closeLead({ ...lead, owner_user_id: user.id }, stamp, user.id);
  // No value that is unique changes; who was faster is seen when it is read again.
  const given = (writes as readonly PutWrite[]).map((write) => ({
    ...write,
    ifConditionFails: "conflict" as const,
  }));
  return { record, writes: [...given, claimed] };
}
