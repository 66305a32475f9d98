import { writeTable } from "../../shared/data/table.ts";
import { addMember } from "../../shared/data/teams.ts";
import { maxMembers, maxTeams, NewMember, Team, teamRecord } from "../../shared/domain/team.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const putTeamMember = operation({
  id: "putTeamMember",
  method: "PUT",
  path: "/v1/teams/{team_id}/members/{user_id}",
  permission: "team:write",
  summary: "Make a user a member of a team, or its lead",
  description: `A team has ${maxMembers} members at most, and a user is in ${maxTeams} teams at most.`,
  body: NewMember,
  answer: { status: 200, body: Team },
  problems: ["limit_reached"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(teamRecord, "team_id"),
  async run({ table, record, params, body, save, ...invoked }) {
    return save(
      await addMember(table, record, { user_id: params.user_id, is_lead: body.is_lead ?? false }, invoked),
    );
  },
});
