import { writeTable } from "../../shared/data/table.ts";
import { addMember } from "../../shared/data/teams.ts";
import { checkMayAddToTeam } from "../../shared/data/user-changes.ts";
import { loadActiveUser } from "../../shared/data/users.ts";
import { maxMembers, maxTeams, NewMember, Team, teamRecord } from "../../shared/domain/team.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const putTeamMember = operation({
  id: "putTeamMember",
  method: "PUT",
  path: "/v1/teams/{team_id}/members/{user_id}",
  permission: "team:write",
  summary: "Make a user a member of a team, or its lead",
  description:
    `A team has ${maxMembers} members at most, and a user is in ${maxTeams} teams at most. Members reach the team's ` +
    "records and what is shared with the team: to add or change one, yourself too, you need for the whole brokerage " +
    "each permission that they hold for less than that.",
  body: NewMember,
  answer: { status: 200, body: Team },
  problems: ["limit_reached"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(teamRecord, "team_id"),
  async run({ table, record, params: { user_id }, body, caller, roleGrants, save, ...invoked }) {
    const user = await loadActiveUser(table, caller.brokerage_id, user_id);
    checkMayAddToTeam(caller, user, roleGrants);
    return save(addMember(record, user, body.is_lead ?? false, invoked));
  },
});
