import { isNamed, type NewLeadRouting, type RoutingRule } from "../domain/lead-routing.ts";
import { Problem } from "../domain/problem.ts";
import { teamRecord } from "../domain/team.ts";
import { userRecord } from "../domain/user.ts";
import { mayOwn } from "./owners.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import type { TableReader } from "./table.ts";

/** Keys in one request. */
const atOnce = 100;

/**
 * Throws 422 `cannot_route` for a routing by which leads would go to nobody: a rule that names nobody, users or teams
 * that there are none of, users who are not active, a fallback who is not; and for bands and hours that end before they
 * begin. Who takes no leads for now may be named: a pause is no change of the rules.
 */
export async function checkRouting(
  table: TableReader,
  brokerageId: string,
  { rules, fallback_user_id, office_hours }: NewLeadRouting,
): Promise<void> {
  if (office_hours && office_hours.to <= office_hours.from)
    throw refused("/office_hours/to", "must be later than from: no minute would count");
  for (const [at, rule] of rules.entries()) checkForm(rule, `/rules/${at}`);
  const named = rules.flatMap(({ assign }) => assign.user_ids ?? []);
  const [active, members] = await Promise.all([
    activeAmong(table, brokerageId, [...named, ...(fallback_user_id ? [fallback_user_id] : [])]),
    membersOf(
      table,
      brokerageId,
      rules.flatMap(({ assign }) => assign.team_id ?? []),
    ),
  ]);
  const activeMembers = await activeAmong(table, brokerageId, [...members.values()].flat());
  for (const [at, { assign }] of rules.entries()) {
    const [team_id, user_ids = []] = [assign.team_id, assign.user_ids];
    const inTeam = team_id === undefined ? undefined : members.get(team_id);
    const path = `/rules/${at}/assign`;
    const stranger = user_ids.findIndex((id) => !active.has(id));
    if (stranger >= 0) throw refused(`${path}/user_ids/${stranger}`, notActive);
    if (team_id !== undefined && !inTeam)
      throw refused(`${path}/team_id`, "there is no such team: name one of GET /v1/teams");
    if (inTeam && user_ids.length === 0 && !inTeam.some((id) => activeMembers.has(id)))
      throw refused(`${path}/team_id`, "the team has no active member: add one first, or name users");
  }
  if (fallback_user_id && !active.has(fallback_user_id)) throw refused("/fallback_user_id", notActive);
}

const notActive = "must be an active agent, employee or admin: name another user, or reactivate this one";

/** What a rule must say, whoever there is. */
function checkForm({ when, assign }: RoutingRule, path: string): void {
  const { min_price, max_price } = when;
  if (min_price !== undefined && max_price !== undefined && max_price < min_price)
    throw refused(`${path}/when/max_price`, "must be at least min_price: no price is between them");
  if (!isNamed(assign)) throw refused(`${path}/assign`, "it names nobody: give a team_id or user_ids");
  if (assign.kind === "user" && (assign.team_id !== undefined || assign.user_ids?.length !== 1))
    throw refused(`${path}/assign`, "the kind user takes exactly one of user_ids, and no team_id");
}

const refused = (path: string, what: string) => new Problem("cannot_route", `${path}: ${what}`);

async function activeAmong(
  table: TableReader,
  brokerageId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const items = await read(table, ids, (id) => recordKey(brokerageId, userRecord, id));
  const users = items.map((item) => aliveIn(userRecord, item));
  return new Set(users.flatMap((user) => (mayOwn(user) ? [user.id] : [])));
}

async function membersOf(
  table: TableReader,
  brokerageId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const items = await read(table, ids, (id) => recordKey(brokerageId, teamRecord, id));
  const teams = items.flatMap((item) => aliveIn(teamRecord, item) ?? []);
  return new Map(teams.map(({ id, members }) => [id, members.map(({ user_id }) => user_id)]));
}

async function read(
  table: TableReader,
  ids: readonly string[],
  keyOf: (id: string) => ReturnType<typeof recordKey>,
) {
  const keys = [...new Set(ids)].map(keyOf);
  const pages = Array.from({ length: Math.ceil(keys.length / atOnce) }, (_, at) =>
    table.getMany(keys.slice(at * atOnce, (at + 1) * atOnce)),
  );
  return (await Promise.all(pages)).flat();
}
