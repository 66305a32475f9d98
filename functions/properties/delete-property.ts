import { deleteRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteProperty = operation({
  id: "deleteProperty",
  method: "DELETE",
  path: "/v1/properties/{property_id}",
  permission: "property:delete",
  summary: "Delete a property",
  description: "Deletes its media, too. Both can be restored for 30 days, then they are removed for good.",
  answer: { status: 204 },
  access: { table: writeTable("PutItem") },
  record: recordAt(propertyRecord, "property_id"),
  async run({ record, commit, ...invoked }) {
    return commit(deleteRecord(propertyRecord, record, invoked), undefined);
  },
});
