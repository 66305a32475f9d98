import { readTable } from "../../shared/data/table.ts";
import { Property, readBy } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getProperty = operation({
  id: "getProperty",
  method: "GET",
  path: "/v1/properties/{property_id}",
  permission: "property:read",
  summary: "Show a property",
  assistant: "calls",
  answer: { status: 200, body: Property },
  access: { table: readTable },
  record: recordAt(propertyRecord, "property_id"),
  async run({ record, caller }) {
    return readBy(caller, record);
  },
});
