import { unshareRecord } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkNotMerged, clientRecord } from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteClientShare = operation({
  id: "deleteClientShare",
  method: "DELETE",
  path: "/v1/clients/{client_id}/shares/{grantee_kind}/{grantee_id}",
  permission: "client:write",
  summary: "End a share of a client",
  answer: { status: 204 },
  problems: ["merged"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(clientRecord, "client_id"),
  async run({ record, commit, ...asked }) {
    checkNotMerged(record);
    return commit(unshareRecord(clientRecord, record, asked), undefined);
  },
});
