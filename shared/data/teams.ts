import { Problem } from "../domain/problem.ts";
import { maxMembers, maxTeams, type StoredTeam, type Team, teamRecord } from "../domain/team.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { changeRecord, loadRecord, orConflict, type Stamp } from "./records.ts";
import type { PutWrite, TableReader } from "./table.ts";

type Member = Team["members"][number];
interface Changed {
  readonly record: StoredTeam;
  readonly writes: readonly PutWrite[];
}

/**
 * The team with a member more, or with a member's lead changed; the user names the team, too, in the same transaction.
 * Throws 409 `limit_reached`.
 */
export function addMember(team: StoredTeam, user: StoredUser, is_lead: boolean, stamp: Stamp): Changed {
  const others = team.members.filter(({ user_id }) => user_id !== user.id);
  if (others.length >= maxMembers)
    throw new Problem("limit_reached", `A team has ${maxMembers} members at most`);
  if (otherTeams(user, team).length >= maxTeams)
    throw new Problem("limit_reached", `A user is in ${maxTeams} teams at most`);
  return changed(team, [...others, { user_id: user.id, is_lead }], user, stamp);
}

/** The team without a member. Throws 404 for a user who is none. */
export async function removeMember(
  table: TableReader,
  team: StoredTeam,
  userId: string,
  stamp: Stamp,
): Promise<Changed> {
  const members = team.members.filter(({ user_id }) => user_id !== userId);
  if (members.length === team.members.length)
    throw new Problem("not_found", "The user is no member of the team");
  const user = await loadRecord(table, userRecord, team.brokerage_id, userId);
  return changed(team, members, user, stamp);
}

const otherTeams = ({ team_ids }: StoredUser, { id }: StoredTeam) => team_ids.filter((one) => one !== id);

/** The team with these members; the user is written only where they join or leave it. */
function changed(
  team: StoredTeam,
  members: readonly Member[],
  user: StoredUser | undefined,
  stamp: Stamp,
): Changed {
  const { record, writes } = changeRecord(teamRecord, team, { members: [...members] }, stamp);
  const isMember = members.some(({ user_id }) => user_id === user?.id);
  if (!user || user.team_ids.includes(team.id) === isMember) return { record, writes: orConflict(writes) };
  const team_ids = [...otherTeams(user, team), ...(isMember ? [team.id] : [])];
  const ofUser = changeRecord(userRecord, user, { team_ids }, stamp).writes;
  return { record, writes: orConflict([...writes, ...ofUser]) };
}

/** The teams that a user is in, with their names and whether the user leads them, in one request. */
export async function teamsOf(
  table: TableReader,
  { brokerage_id, id, team_ids }: Pick<StoredUser, "brokerage_id" | "id" | "team_ids">,
): Promise<{ readonly id: string; readonly name: string; readonly is_lead: boolean }[]> {
  if (team_ids.length === 0) return [];
  const items = await table.getMany(team_ids.map((team) => recordKey(brokerage_id, teamRecord, team)));
  return items
    .flatMap((item) => aliveIn(teamRecord, item) ?? [])
    .map(({ id: team, name, members }) => ({
      id: team,
      name,
      is_lead: members.some(({ user_id, is_lead }) => user_id === id && is_lead),
    }));
}
