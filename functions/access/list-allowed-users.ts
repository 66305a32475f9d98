import * as z from "zod/mini";
import { allowedUsers, recordAskedFor } from "../../shared/data/access.ts";
import { queryTable } from "../../shared/data/table.ts";
import { AllowedUser, accessQuery } from "../../shared/domain/explain.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listAllowedUsers = operation({
  id: "listAllowedUsers",
  method: "GET",
  path: "/v1/access/who",
  permission: "user:admin",
  scope: "brokerage",
  summary: "List who may do something with a record, and by which rule",
  description: "`limit` is how many users a page looks at: a page may be short while `next_cursor` is set.",
  query: z.strictObject({ ...listQuery, ...accessQuery }),
  answer: { status: 200, body: page(AllowedUser) },
  problems: ["not_found"],
  access: { table: queryTable },
  async run({ table, query, caller, roleGrants, cursorKey, now }) {
    const record = await recordAskedFor(table, caller, query, now);
    return allowedUsers(table, caller, roleGrants, query, record, cursorKey, now);
  },
});
