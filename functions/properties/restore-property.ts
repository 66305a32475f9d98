import { restoreRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Property, readBy } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { operation } from "../../shared/entry/definition.ts";
import { deletedAt } from "../../shared/entry/path-record.ts";

export const restoreProperty = operation({
  id: "restoreProperty",
  method: "POST",
  path: "/v1/properties/{property_id}/restore",
  permission: "property:delete",
  summary: "Restore a deleted property with its media",
  description: "Within 30 days of its deletion; needs the permission to delete it.",
  answer: { status: 200, body: Property },
  access: { table: writeTable("PutItem") },
  record: deletedAt(propertyRecord, "property_id"),
  run({ record, caller, commit, ...invoked }) {
    const restored = restoreRecord(propertyRecord, record, invoked);
    return commit(restored.writes, readBy(caller, restored.record));
  },
});
