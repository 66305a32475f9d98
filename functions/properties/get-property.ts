import { getProperty as readProperty } from "../../shared/data/properties.ts";
import { readTable } from "../../shared/data/table.ts";
import { Property } from "../../shared/domain/property.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getProperty = operation({
  id: "getProperty",
  method: "GET",
  path: "/v1/properties/{property_id}",
  permission: "property:read",
  summary: "Show a property",
  answer: { status: 200, body: Property },
  access: { table: readTable },
  record: (table, brokerageId, { property_id }) => readProperty(table, brokerageId, property_id),
  async run({ record }) {
    return record;
  },
});
