import * as z from "zod/mini";
import { listRecords } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { roles } from "../../shared/domain/access.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { User, userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listUsers = operation({
  id: "listUsers",
  method: "GET",
  path: "/v1/users",
  permission: "user:read",
  summary: "List the brokerage's users, newest first",
  query: z.strictObject({ ...listQuery, role: z.optional(z.enum(roles)) }),
  answer: { status: 200, body: page(User) },
  access: { table: queryTable },
  async run({ table, ...asked }) {
    const { role } = asked.query;
    const filters = role ? [{ holds: (user: z.output<typeof User>) => user.role === role }] : [];
    return listRecords(table, { ...asked, type: userRecord, filters });
  },
});
