import * as z from "zod/mini";
import { rolesOf } from "../../shared/data/roles.ts";
import { queryTable } from "../../shared/data/table.ts";
import { pageOf } from "../../shared/data/whole-list.ts";
import { byAge, Role } from "../../shared/domain/role.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listRoles = operation({
  id: "listRoles",
  method: "GET",
  path: "/v1/roles",
  permission: "role:read",
  scope: "brokerage",
  summary: "List the brokerage's roles, the built-in ones first",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(Role) },
  access: { table: queryTable },
  async run({ table, caller, ...asked }) {
    const all = await rolesOf(table, caller.brokerage_id);
    return pageOf(all, byAge, ({ id }) => ({ id }), asked, "listRoles");
  },
});
