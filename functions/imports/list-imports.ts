import * as z from "zod/mini";
import { listPage } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { ImportSummary } from "../../shared/domain/import.ts";
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
  async run({ table, query, caller, cursorKey }) {
    const partition = { brokerage_id: caller.brokerage_id, entity: "import" };
    return listPage<z.output<typeof ImportSummary>>(table, {
      sources: [{ index: "newest", partition }],
      query,
      cursorKey,
      audience: { caller, permission: "import:read" },
      descending: true,
    });
  },
});
