import { scoreOf } from "../../shared/data/lead-score-answers.ts";
import { readTable } from "../../shared/data/table.ts";
import { clientRecord } from "../../shared/domain/client.ts";
import { LeadScore } from "../../shared/domain/lead-score/answer.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getClientScore = operation({
  id: "getClientScore",
  method: "GET",
  path: "/v1/clients/{client_id}/score",
  permission: "client:read",
  summary: "Show why a client has their score, and what would make them hot",
  description:
    "As of now: it may be lower by a point than lead_score, which follows within minutes. Points for what happened halve " +
    "every thirty days; those for what is known of the client stay.",
  assistant: "calls",
  answer: { status: 200, body: LeadScore },
  access: { table: readTable },
  record: recordAt(clientRecord, "client_id"),
  run: ({ table, record, now }) => scoreOf(table, record, now),
});
