import { patchRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Team, TeamPatch, teamRecord } from "../../shared/domain/team.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const updateTeam = operation({
  id: "updateTeam",
  method: "PATCH",
  path: "/v1/teams/{team_id}",
  permission: "team:write",
  summary: "Rename a team",
  body: TeamPatch,
  answer: { status: 200, body: Team },
  access: { table: writeTable("PutItem") },
  record: recordAt(teamRecord, "team_id"),
  run: ({ record, body, save, ...invoked }) => save(patchRecord(teamRecord, record, body, invoked)),
});
