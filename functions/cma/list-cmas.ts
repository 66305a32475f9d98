import * as z from "zod/mini";
import { listRecords } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { CmaSummary, cmaRecord } from "../../shared/domain/market-analysis.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listCmas = operation({
  id: "listCmas",
  method: "GET",
  path: "/v1/properties/{property_id}/cmas",
  permission: "cma:read",
  recordPermission: "property:read",
  summary: "List a property's market analyses, newest first",
  query: z.strictObject(listQuery),
  assistant: "calls",
  answer: { status: 200, body: page(CmaSummary) },
  access: { table: queryTable },
  record: recordAt(propertyRecord, "property_id"),
  run: ({ table, record, ...asked }) =>
    listRecords(table, { ...asked, type: cmaRecord, ofProperty: record.id }),
});
