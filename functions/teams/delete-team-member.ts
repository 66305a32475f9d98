import { writeTable } from "../../shared/data/table.ts";
import { removeMember } from "../../shared/data/teams.ts";
import { teamRecord } from "../../shared/domain/team.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteTeamMember = operation({
  id: "deleteTeamMember",
  method: "DELETE",
  path: "/v1/teams/{team_id}/members/{user_id}",
  permission: "team:write",
  summary: "Remove a user from a team",
  answer: { status: 204 },
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(teamRecord, "team_id"),
  async run({ table, record, params, commit, ...invoked }) {
    return commit((await removeMember(table, record, params.user_id, invoked)).writes, undefined);
  },
});
