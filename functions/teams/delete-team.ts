import { deleteRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { teamRecord } from "../../shared/domain/team.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteTeam = operation({
  id: "deleteTeam",
  method: "DELETE",
  path: "/v1/teams/{team_id}",
  permission: "team:delete",
  summary: "Delete a team that has no members",
  answer: { status: 204 },
  problems: ["in_use"],
  access: { table: writeTable("PutItem") },
  record: recordAt(teamRecord, "team_id"),
  async run({ record, commit, problem, ...invoked }) {
    if (record.members.length > 0) throw problem("in_use", "The team has members: remove them first");
    return commit(deleteRecord(teamRecord, record, invoked), undefined);
  },
});
