import * as z from "zod/mini";
import { withLastUse } from "../../shared/data/api-keys.ts";
import { listRecords } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { apiKeyRecord } from "../../shared/domain/api-key.ts";
import { ApiKey } from "../../shared/domain/api-key-answers.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listApiKeys = operation({
  id: "listApiKeys",
  method: "GET",
  path: "/v1/api-keys",
  permission: "api_key:read",
  summary: "List API keys and when they were last used, newest first",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(ApiKey) },
  access: { table: queryTable },
  async run({ table, caller, ...asked }) {
    const { items, next_cursor } = await listRecords(table, { ...asked, caller, type: apiKeyRecord });
    return { items: await withLastUse(table, caller.brokerage_id, items), next_cursor };
  },
});
