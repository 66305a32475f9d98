import { getProperty } from "../../shared/data/properties.ts";
import { bury } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { operation } from "../../shared/entry/definition.ts";

export const deleteProperty = operation({
  id: "deleteProperty",
  method: "DELETE",
  path: "/v1/properties/{property_id}",
  permission: "property:delete",
  summary: "Delete a property",
  answer: { status: 204 },
  access: { table: writeTable("PutItem") },
  record: (table, brokerageId, { property_id }) => getProperty(table, brokerageId, property_id),
  async run({ record, now, written, commit }) {
    return commit([bury(record, now, written)], undefined);
  },
});
