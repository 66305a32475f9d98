import * as z from "zod/mini";
import { historyPage } from "../../shared/data/property-history.ts";
import { queryTable } from "../../shared/data/table.ts";
import { PropertyStep } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listPropertyHistory = operation({
  id: "listPropertyHistory",
  method: "GET",
  path: "/v1/properties/{property_id}/history",
  permission: "property:read",
  summary: "List the changes of a property's status and price, newest first",
  description:
    "An entry appears within seconds of its change. The initial status and price are the previous values of the " +
    "oldest entry.",
  query: z.strictObject(listQuery),
  assistant: "calls",
  answer: { status: 200, body: page(PropertyStep) },
  access: { table: queryTable },
  record: recordAt(propertyRecord, "property_id"),
  async run({ table, record, query, cursorKey }) {
    return historyPage(table, record, query, cursorKey);
  },
});
