import { clientRecord, type StoredClient } from "../domain/client.ts";
import { interactionRecord } from "../domain/interaction.ts";
import type { Invocation } from "../domain/invocation.ts";
import { inMinutes } from "../domain/lead-routing.ts";
import type { StoredUser } from "../domain/user.ts";
import { fallbackOf, ownedBy } from "./lead-assignment.ts";
import { escalation } from "./lead-escalation.ts";
import { loadRouting } from "./lead-routing.ts";
import { nextInTurn } from "./lead-turns.ts";
import { answerBy } from "./leads.ts";
import { closeLead, isOpen, type OpenLead, putOpenLead, readOpenLead } from "./open-leads.ts";
import { aliveIn } from "./record-item.ts";
import { changeRecord, createRecord, tryCommit } from "./records.ts";
import type { PutWrite, TableQuerier, TableWriter } from "./table.ts";

/**
 * Moves a lead that nobody has answered in time: to whoever is next in turn and has not had it, else to the fallback. One
 * that nobody has claimed in time is no longer offered. Each time the team's lead gets a task. When another
 * write comes first, nothing is written, and the next run looks again.
 */
export async function moveLead(
  table: TableQuerier & TableWriter<PutWrite>,
  brokerageId: string,
  clientId: string,
  stamp: Invocation,
): Promise<void> {
  const [lead, item] = await readOpenLead(table, brokerageId, clientId);
  // The list of what is due lags behind.
  if (!lead?.due_at || lead.due_at > stamp.now.toISOString()) return;
  const client = aliveIn(clientRecord, item);
  if (!isOpen(lead, client)) return void (await tryCommit(table, [closeLead(lead, stamp)]));
  const routing = await loadRouting(table, brokerageId);
  const isTurn = lead.assign.kind === "round_robin";
  const next = isTurn ? await nextInTurn(table, brokerageId, lead.assign, stamp, lead.had) : undefined;
  if (next) {
    const due_at = await answerBy(table, brokerageId, lead.minutes, routing, stamp.now);
    const had = [...lead.had, next.user.id];
    const moved = { ...lead, owner_user_id: next.user.id, at: stamp.now.toISOString(), due_at, had };
    const given = giveTo(client, lead, next.user, "it was their turn", stamp);
    const told = await escalation(table, client, lead, given.outcome, routing, stamp);
    const open = putOpenLead(moved, lead.version, stamp);
    await tryCommit(table, [...given.writes, ...told, next.turn, open]);
    return;
  }
  const { user, words } = await fallbackOf(table, brokerageId, routing);
  const given = giveTo(client, lead, user, words, stamp);
  const told = await escalation(table, client, lead, given.outcome, routing, stamp);
  const closed = closeLead({ ...lead, owner_user_id: user.id }, stamp);
  await tryCommit(table, [...given.writes, ...told, closed]);
}

/** Gives a client to a user, and notes at the client what happened. */
function giveTo(
  client: StoredClient,
  { state, minutes, assign }: OpenLead,
  user: StoredUser,
  why: string,
  stamp: Invocation,
): { readonly outcome: string; readonly writes: readonly PutWrite[] } {
  const { brokerage_id, id, owner_user_id } = client;
  const isSame = user.id === owner_user_id;
  const given = changeRecord(clientRecord, client, ownedBy(user, assign.team_id), stamp);
  const outcome = `${isSame ? "It stays with" : "It goes to"} ${user.first_name} ${user.last_name}: ${why}`;
  const note = createRecord(
    interactionRecord,
    brokerage_id,
    {
      ...{ client_id: id, user_id: null, type: "note", occurred_at: stamp.now.toISOString() },
      notes: `Nobody ${state === "unclaimed" ? "claimed" : "answered"} it within ${inMinutes(minutes)}`,
      outcome,
    },
    stamp,
  );
  // No value that is unique changes.
  const writes = [...(isSame ? [] : (given.writes as readonly PutWrite[])), ...note.writes];
  return { outcome, writes };
}
