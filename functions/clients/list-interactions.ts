import * as z from "zod/mini";
import { listRecords } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { clientRecord, idsOf } from "../../shared/domain/client.ts";
import { Interaction, interactionRecord } from "../../shared/domain/interaction.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listInteractions = operation({
  id: "listInteractions",
  method: "GET",
  path: "/v1/clients/{client_id}/interactions",
  permission: "client:read",
  summary: "List what was said with a client, the latest first",
  description: "With what was said with the clients that were merged into this one.",
  query: z.strictObject(listQuery),
  assistant: "calls",
  answer: { status: 200, body: page(Interaction) },
  access: { table: queryTable },
  record: recordAt(clientRecord, "client_id"),
  run: ({ table, record, ...asked }) =>
    listRecords(table, { ...asked, type: interactionRecord, ofClient: idsOf(record) }),
});
