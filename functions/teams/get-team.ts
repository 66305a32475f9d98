import { readTable } from "../../shared/data/table.ts";
import { Team, teamRecord } from "../../shared/domain/team.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getTeam = operation({
  id: "getTeam",
  method: "GET",
  path: "/v1/teams/{team_id}",
  permission: "team:read",
  summary: "Show a team with its members",
  answer: { status: 200, body: Team },
  access: { table: readTable },
  record: recordAt(teamRecord, "team_id"),
  async run({ record }) {
    return record;
  },
});
