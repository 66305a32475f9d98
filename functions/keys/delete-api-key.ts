import { countApiKey } from "../../shared/data/api-keys.ts";
import { deleteRecord, orConflict } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { apiKeyRecord } from "../../shared/domain/api-key.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteApiKey = operation({
  id: "deleteApiKey",
  method: "DELETE",
  path: "/v1/api-keys/{api_key_id}",
  permission: "api_key:delete",
  summary: "Revoke an API key: its next request is refused",
  answer: { status: 204 },
  unversioned: true,
  access: { table: writeTable("PutItem", "UpdateItem") },
  record: recordAt(apiKeyRecord, "api_key_id"),
  async run({ record, caller, commit, ...invoked }) {
    const ended = orConflict(deleteRecord(apiKeyRecord, record, invoked));
    return commit([...ended, countApiKey(caller.brokerage_id, -1)], undefined);
  },
});
