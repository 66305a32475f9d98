import { dependentsOf } from "../../shared/data/client-dependents.ts";
import { queryTable } from "../../shared/data/table.ts";
import { clientRecord, Dependents } from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getClientDependents = operation({
  id: "getClientDependents",
  method: "GET",
  path: "/v1/clients/{client_id}/dependents",
  permission: "client:read",
  summary: "Count what hangs on a client, before it is deleted",
  description:
    "Interactions and interests go and come back with the client. Tasks stay where they are, and still name it. " +
    "Counted are those that you may read.",
  answer: { status: 200, body: Dependents },
  access: { table: queryTable },
  record: recordAt(clientRecord, "client_id"),
  run: ({ table, record, ...asked }) => dependentsOf(table, record, asked),
});
