import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { NewTeam, Team, teamRecord } from "../../shared/domain/team.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createTeam = operation({
  id: "createTeam",
  method: "POST",
  path: "/v1/teams",
  permission: "team:write",
  scope: "brokerage",
  summary: "Make a team",
  body: NewTeam,
  answer: { status: 201, body: Team },
  access: { table: writeTable("PutItem") },
  run: ({ body, caller, save, ...invoked }) =>
    save(createRecord(teamRecord, caller.brokerage_id, { ...body, members: [] }, invoked)),
});
