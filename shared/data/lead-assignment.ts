import {
  type Assign,
  type Enquiry,
  type NewLeadRouting,
  type RoutingRule,
  ruleFor,
  ruleInWords,
  takesLeads,
} from "../domain/lead-routing.ts";
import { type Owned, onlyTeam } from "../domain/ownership.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { firstAdmin, nextInTurn } from "./lead-turns.ts";
import { mayOwn } from "./owners.ts";
import { loadRecord, type Stamp } from "./records.ts";
import type { PutWrite, TableQuerier, TableReader } from "./table.ts";

/** Who gets a lead, by which rule and why. */
export interface Assignment {
  readonly user: StoredUser;
  /** The rule's place in the routing, counted from 0; null where no rule decided. */
  readonly rule: number | null;
  readonly reason: string;
  /** How it was assigned; undefined for what the fallback got. */
  readonly assign?: Assign;
  /** Notes that the user had their turn. */
  readonly turn?: PutWrite;
}

type Routing = Pick<NewLeadRouting, "rules" | "fallback_user_id">;

/** Of a brokerage without rules: in turn over all its agents. */
const everybody: RoutingRule = { when: {}, assign: { kind: "round_robin" } };

/**
 * Decides who gets a lead: by the first rule that fits it; where there is none, or nobody whom it names takes leads, the
 * fallback user; where that one is not active, the first admin. What is offered to several is the fallback's until one
 * of them claims it.
 */
export async function assignLead(
  table: TableQuerier,
  brokerageId: string,
  routing: Routing,
  enquiry: Enquiry,
  stamp: Pick<Stamp, "written">,
): Promise<Assignment> {
  const at = ruleFor(routing.rules, enquiry);
  const rule = at === undefined ? undefined : routing.rules[at];
  const words = rule ? ruleInWords(rule.when) : "No rule is for it";
  const toFallback = async (why: string) => {
    const found = await fallbackOf(table, brokerageId, routing);
    return { user: found.user, rule: at ?? null, reason: `${why}: ${found.words}` };
  };
  const { assign } = rule ?? everybody;
  if (!rule && routing.rules.length > 0) return toFallback(words);
  if (assign.kind === "first_to_claim") {
    const found = await toFallback(`${words} offers it until somebody claims it; until then`);
    return { ...found, assign };
  }
  const decided = { rule: at ?? null, assign };
  if (assign.kind === "user") {
    const user = await loadUser(table, brokerageId, assign.user_ids?.[0]);
    if (user && takesLeads(user)) return { ...decided, user, reason: `${words} names them` };
  } else {
    const next = await nextInTurn(table, brokerageId, assign, stamp);
    const why = rule ? `${words}: it is their turn` : "There are no rules: it is their turn among the agents";
    if (next) return { ...decided, ...next, reason: why };
  }
  return toFallback(rule ? `${words} names nobody who takes leads now` : "No agent takes leads now");
}

/** The fallback user of a routing where they are active, else the first admin. */
export async function fallbackOf(
  table: TableQuerier,
  brokerageId: string,
  { fallback_user_id }: Pick<Routing, "fallback_user_id">,
): Promise<{ readonly user: StoredUser; readonly words: string }> {
  const user = await loadUser(table, brokerageId, fallback_user_id);
  if (mayOwn(user)) return { user, words: "it is the fallback's" };
  const admin = await firstAdmin(table, brokerageId);
  return { user: admin, words: "it is the first admin's, for there is no active fallback" };
}

/** Whose a client is whom a rule gave to a user: in the rule's team where the user is of it. */
export const ownedBy = ({ id, team_ids }: StoredUser, team_id: string | undefined): Owned => ({
  owner_user_id: id,
  team_id: team_id && team_ids.includes(team_id) ? team_id : onlyTeam(team_ids),
});

const loadUser = async (table: TableReader, brokerageId: string, id: string | null | undefined) =>
  id ? loadRecord(table, userRecord, brokerageId, id) : undefined;
