import * as z from "zod/mini";
import { listRecords } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { ImportSummary, importRecord } from "../../shared/domain/import.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listImports = operation({
  id: "listImports",
  method: "GET",
  path: "/v1/imports",
  permission: "import:read",
  summary: "List imports, newest first",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(ImportSummary) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => listRecords(table, { ...asked, type: importRecord }),
});
