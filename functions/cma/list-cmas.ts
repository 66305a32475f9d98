import * as z from "zod/mini";
import { listPage } from "../../shared/data/list.ts";
import { getProperty } from "../../shared/data/properties.ts";
import { queryTable } from "../../shared/data/table.ts";
import { CmaSummary } from "../../shared/domain/market-analysis.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listCmas = operation({
  id: "listCmas",
  method: "GET",
  path: "/v1/properties/{property_id}/cmas",
  permission: "cma:read",
  recordPermission: "property:read",
  summary: "List a property's market analyses, newest first",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(CmaSummary) },
  access: { table: queryTable },
  record: (table, brokerageId, { property_id }) => getProperty(table, brokerageId, property_id),
  async run({ table, record: property, query, caller, cursorKey }) {
    return listPage<z.output<typeof CmaSummary>>(table, {
      sources: [
        {
          index: "parent",
          partition: { brokerage_id: caller.brokerage_id, entity: "cma", property_id: property.id },
        },
      ],
      query,
      cursorKey,
      audience: { caller, permission: "cma:read" },
      descending: true,
    });
  },
});
