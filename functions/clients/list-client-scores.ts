import * as z from "zod/mini";
import { pastScores } from "../../shared/data/lead-score-answers.ts";
import { queryTable } from "../../shared/data/table.ts";
import { clientRecord } from "../../shared/domain/client.ts";
import { PastScore } from "../../shared/domain/lead-score/answer.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listClientScores = operation({
  id: "listClientScores",
  method: "GET",
  path: "/v1/clients/{client_id}/score/history",
  permission: "client:read",
  summary: "List what a client's score and status were, the latest first",
  description: "Each change since the first action, for 400 days, with what changed it.",
  query: z.strictObject(listQuery),
  assistant: "calls",
  answer: { status: 200, body: page(PastScore) },
  access: { table: queryTable },
  record: recordAt(clientRecord, "client_id"),
  run: ({ table, record, query, cursorKey }) => pastScores(table, record, query, cursorKey),
});
