import type { StoredClient } from "../domain/client.ts";
import type { Invocation } from "../domain/invocation.ts";
import { inMinutes } from "../domain/lead-routing.ts";
import { newTask, taskRecord } from "../domain/task.ts";
import { teamRecord } from "../domain/team.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { fallbackOf, ownedBy } from "./lead-assignment.ts";
import type { OpenLead } from "./open-leads.ts";
import { mayOwn } from "./owners.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { createRecord, loadRecord } from "./records.ts";
import type { PutWrite, TableQuerier, TableReader } from "./table.ts";

/**
 * The task that tells the lead of the team, else the fallback, that nobody was in time with a lead: one for each time
 * that its clock runs out, since it is written with the lead's next state.
 */
export async function escalation(
  table: TableQuerier,
  { brokerage_id, id, name, team_id }: StoredClient,
  { assign, state, minutes }: OpenLead,
  outcome: string,
  routing: { readonly fallback_user_id: string | null },
  stamp: Invocation,
): Promise<readonly PutWrite[]> {
  const team = assign.team_id ?? team_id ?? undefined;
  const lead = team && (await leadOf(table, brokerage_id, team));
  const user = lead || (await fallbackOf(table, brokerage_id, routing)).user;
  const what = `Nobody ${state === "unclaimed" ? "claimed" : "answered"} ${name}`.slice(0, 160);
  const body = {
    title: `${what} within ${inMinutes(minutes)}`,
    description: outcome,
    ...({ category: "follow_up", priority: "high", client_id: id } as const),
    due_date: stamp.now.toISOString(),
  };
  return createRecord(taskRecord, brokerage_id, newTask(body, ownedBy(user, team)), stamp).writes;
}

/** The first lead of a team who is active. */
async function leadOf(
  table: TableReader,
  brokerageId: string,
  teamId: string,
): Promise<StoredUser | undefined> {
  const team = await loadRecord(table, teamRecord, brokerageId, teamId);
  const leads = team?.members.filter(({ is_lead }) => is_lead) ?? [];
  if (leads.length === 0) return undefined;
  const items = await table.getMany(
    leads.slice(0, 100).map(({ user_id }) => recordKey(brokerageId, userRecord, user_id)),
  );
  return items.map((item) => aliveIn(userRecord, item)).find(mayOwn);
}
