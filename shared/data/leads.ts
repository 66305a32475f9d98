import { setTimeout as sleep } from "node:timers/promises";
import { type Caller, decide } from "../domain/access.ts";
import { brokerageRecord } from "../domain/brokerage.ts";
import { clientRecord, newClient, type StoredClient } from "../domain/client.ts";
import { interactionRecord } from "../domain/interaction.ts";
import type { Invocation } from "../domain/invocation.ts";
import { consentIn, enquiryOf, notesOf, type ReceivedLead, type TakenLead } from "../domain/lead.ts";
import { isHistory, type StoredLeadRouting } from "../domain/lead-routing.ts";
import { afterOfficeMinutes } from "../domain/office-hours.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { knownClient, notePhone } from "./known-clients.ts";
import { type Assignment, assignLead, fallbackOf, ownedBy } from "./lead-assignment.ts";
import { loadRouting } from "./lead-routing.ts";
import { type OpenLead, putOpenLead } from "./open-leads.ts";
import { createRecord, loadRecord, mustExist } from "./records.ts";
import {
  type CheckWrite,
  CommitConflict,
  ConditionFailed,
  type PutWrite,
  type TableQuerier,
  type TableReader,
} from "./table.ts";

/** A lead that is taken, and the writes that take it: all or nothing. */
interface Taking {
  readonly taken: TakenLead;
  readonly writes: readonly (PutWrite | CheckWrite)[];
}

/**
 * Takes a lead, as things are now: notes the enquiry at the client who is known by its email or phone, whose agent and
 * fields stay; or makes a client of whoever is next. What others write meanwhile makes the writes fail: `untilTaken`
 * begins again then.
 */
export async function takeLead(
  table: TableQuerier,
  brokerageId: string,
  lead: ReceivedLead,
  userId: string | null,
  stamp: Invocation,
): Promise<Taking> {
  const { client, noted } = await knownClient(table, brokerageId, lead);
  if (client) {
    const reason = "They are a known client, whose agent stays";
    const { record, writes } = enquiryAt(client, lead, userId, reason, "known", stamp);
    const stays = mustExist(brokerageId, clientRecord, client.id);
    return { writes: [...writes, stays], taken: taken(client, record, false, reason) };
  }
  const [routing, property] = await Promise.all([
    loadRouting(table, brokerageId),
    lead.property_id ? loadRecord(table, propertyRecord, brokerageId, lead.property_id) : undefined,
  ]);
  const enquiry = enquiryOf(lead, property);
  const isPast = isHistory(lead.occurred_at, stamp.now);
  const assignment = isPast
    ? await historyOf(table, brokerageId, routing)
    : await assignLead(table, brokerageId, routing, enquiry, stamp);
  const { user, assign, turn, reason } = assignment;
  const said = { name: lead.name, email: lead.email, phone: lead.phone, lead_source: lead.source };
  const fields = newClient({ ...said, consent: consentIn(lead) }, ownedBy(user, assign?.team_id), {
    now: stamp.now,
    by: stamp.written.by,
  });
  const made = createRecord(
    clientRecord,
    brokerageId,
    { ...fields, came_by_enquiry: isPast ? undefined : true },
    stamp,
  );
  const { record, writes } = enquiryAt(made.record, lead, userId, reason, isPast ? "past" : "lead", stamp);
  const open = await openLeadOf(table, made.record, assignment, routing, stamp.now);
  return {
    taken: taken(made.record, record, true, reason),
    writes: [
      // What is new releases no value.
      ...(made.writes as readonly PutWrite[]),
      ...writes,
      ...(lead.phone === null ? [] : [notePhone(made.record, lead.phone, noted, stamp)]),
      ...(turn ? [turn] : []),
      ...(open
        ? [putOpenLead({ ...open, enquiry: { ...enquiry, property_id: lead.property_id } }, undefined, stamp)]
        : []),
    ],
  };
}

/** Checks that a caller who is told of the lead may read its property. Throws 400. */
export async function checkProperty(
  table: TableReader,
  caller: Caller,
  { property_id }: ReceivedLead,
  now: Date,
): Promise<void> {
  if (!property_id) return;
  const property = await loadRecord(table, propertyRecord, caller.brokerage_id, property_id);
  if (!property || !decide(caller, "property:read", property, now).allowed)
    throw invalidInput("/property_id", "must be a property that you may read");
}

const taken = (
  client: StoredClient,
  interaction: TakenLead["interaction"],
  created: boolean,
  reason: string,
): TakenLead => ({ client, interaction, created, assigned_to: client.owner_user_id, reason });

/** Whose history is: nobody is to answer it at once. */
async function historyOf(
  table: TableQuerier,
  brokerageId: string,
  routing: StoredLeadRouting,
): Promise<Assignment> {
  const { user, words } = await fallbackOf(table, brokerageId, routing);
  return { user, rule: null, reason: `It is older than a day: ${words}` };
}

/** Notes an enquiry at a client, who is new, new and of the past, or known: it is no contact, for nobody has answered. */
const enquiryAt = (
  client: StoredClient,
  lead: ReceivedLead,
  user_id: string | null,
  outcome: string,
  as: "lead" | "past" | "known",
  stamp: Invocation,
) =>
  createRecord(
    interactionRecord,
    client.brokerage_id,
    {
      ...{ client_id: client.id, user_id, type: "note", outcome },
      ...{ notes: notesOf(lead, as === "known" ? client : undefined), occurred_at: lead.occurred_at },
      enquiry: { is_first: as === "lead", property_id: lead.property_id },
    },
    stamp,
  );

/** What is to be claimed, or to be answered in time; undefined where there is neither. */
async function openLeadOf(
  table: TableReader,
  client: StoredClient,
  { assign, rule, reason }: Assignment,
  routing: StoredLeadRouting,
  now: Date,
): Promise<Omit<OpenLead, "enquiry"> | undefined> {
  const minutes = rule === null ? undefined : routing.rules[rule]!.respond_within_minutes;
  const isOffered = assign?.kind === "first_to_claim";
  if (!assign || !(isOffered || minutes)) return undefined;
  const { brokerage_id, id, owner_user_id } = client;
  return {
    ...{ brokerage_id, id, owner_user_id, assign, minutes, reason },
    ...{ version: 1, state: isOffered ? "unclaimed" : "waiting", had: [owner_user_id] },
    ...{ at: now.toISOString(), due_at: await answerBy(table, brokerage_id, minutes, routing, now) },
  };
}

/** Until when somebody is to answer who has so many minutes from now on; undefined without a limit. */
export async function answerBy(
  table: TableReader,
  brokerageId: string,
  minutes: number | undefined,
  { office_hours }: Pick<StoredLeadRouting, "office_hours">,
  now: Date,
): Promise<string | undefined> {
  if (!minutes) return undefined;
  // The time zone is read only where it counts.
  const brokerage = office_hours && (await loadRecord(table, brokerageRecord, brokerageId, brokerageId));
  return afterOfficeMinutes(now, minutes, office_hours, brokerage?.time_zone ?? "UTC").toISOString();
}

/** Tries before a caller is told to come back: leads that come at the same time get their turns one by one. */
const mostTries = 40;

/** What a commit is refused with when somebody else was first. */
const races = ["conflict", "duplicate", "not_found", "request_in_progress"];

/** Runs `attempt`, again and again while others are faster. Throws `busy` in the end. */
export async function untilTaken<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await attempt();
    } catch (error) {
      const isRace =
        error instanceof ConditionFailed ||
        error instanceof CommitConflict ||
        (error instanceof Problem && races.includes(error.code));
      if (!isRace) throw error;
      if (tries === mostTries) throw new Problem("busy", undefined, { headers: { "retry-after": "1" } });
      await sleep(Math.random() * 60);
    }
}
