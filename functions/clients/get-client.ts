import { readTable } from "../../shared/data/table.ts";
import { Client, clientRecord } from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getClient = operation({
  id: "getClient",
  method: "GET",
  path: "/v1/clients/{client_id}",
  permission: "client:read",
  summary: "Show a client",
  description: "One that was merged is still shown, with merged_into: use that client from then on.",
  assistant: "calls",
  answer: { status: 200, body: Client },
  access: { table: readTable },
  record: recordAt(clientRecord, "client_id"),
  async run({ record }) {
    return record;
  },
});
