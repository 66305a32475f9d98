import * as z from "zod/mini";
import { listRecords } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { TeamSummary, teamRecord } from "../../shared/domain/team.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listTeams = operation({
  id: "listTeams",
  method: "GET",
  path: "/v1/teams",
  permission: "team:read",
  summary: "List the brokerage's teams, newest first",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(TeamSummary) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => listRecords(table, { ...asked, type: teamRecord, filters: [] }),
});
