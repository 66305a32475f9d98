import { deleteRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkNotMerged, clientRecord } from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteClient = operation({
  id: "deleteClient",
  method: "DELETE",
  path: "/v1/clients/{client_id}",
  permission: "client:delete",
  summary: "Delete a client",
  description:
    "What was said with them goes along. Both can be restored for 30 days, then they are removed for good.",
  answer: { status: 204 },
  problems: ["merged"],
  access: { table: writeTable("PutItem", "DeleteItem") },
  record: recordAt(clientRecord, "client_id"),
  async run({ record, commit, ...invoked }) {
    checkNotMerged(record);
    return commit(deleteRecord(clientRecord, record, invoked), undefined);
  },
});
