import { withdrawInterest } from "../../shared/data/interests.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkNotMerged, clientRecord } from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteClientProperty = operation({
  id: "deleteClientProperty",
  method: "DELETE",
  path: "/v1/clients/{client_id}/properties/{property_id}",
  permission: "client:write",
  summary: "Take back what a client thinks of a property",
  answer: { status: 204 },
  problems: ["merged"],
  unversioned: true,
  access: { table: writeTable("PutItem", "ConditionCheckItem") },
  record: recordAt(clientRecord, "client_id"),
  async run({ table, record: client, params, commit, ...invoked }) {
    checkNotMerged(client);
    return commit(await withdrawInterest(table, client, params.property_id, invoked), undefined);
  },
});
