import * as z from "zod/mini";
import { listRecords } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { asOf, ExportSummary, exportRecord } from "../../shared/domain/export.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listExports = operation({
  id: "listExports",
  method: "GET",
  path: "/v1/exports",
  permission: "export:read",
  summary: "List exports, newest first",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(ExportSummary) },
  access: { table: queryTable },
  async run({ table, now, ...asked }) {
    const { items, ...more } = await listRecords(table, { ...asked, now, type: exportRecord });
    return { ...more, items: items.map((one) => asOf(one, now)) };
  },
});
