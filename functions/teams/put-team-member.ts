import { writeTable } from "../../shared/data/table.ts";
import { addMember } from "../../shared/data/teams.ts";
import { scopeOf } from "../../shared/domain/access.ts";
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
    "records: to make yourself one, or the lead, you need `user:write` for the whole brokerage.",
  body: NewMember,
  answer: { status: 200, body: Team },
  problems: ["limit_reached"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(teamRecord, "team_id"),
  async run({ table, record, params: { user_id }, body, caller, save, problem, ...invoked }) {
    if (user_id === caller.user_id && scopeOf(caller, "user:write") !== "brokerage")
      throw problem(
        "forbidden",
        "Members reach the team's records: somebody else must add you, or you need user:write for the whole brokerage",
      );
    return save(await addMember(table, record, { user_id, is_lead: body.is_lead ?? false }, invoked));
  },
});
