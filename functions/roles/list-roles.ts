import * as z from "zod/mini";
import { rolesOf } from "../../shared/data/roles.ts";
import { queryTable } from "../../shared/data/table.ts";
import { maxRoles, Role } from "../../shared/domain/role.ts";
import { page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listRoles = operation({
  id: "listRoles",
  method: "GET",
  path: "/v1/roles",
  permission: "role:read",
  scope: "brokerage",
  summary: "List the brokerage's roles, the built-in ones first",
  description: `All of them on one page: a brokerage makes ${maxRoles} at most.`,
  query: z.strictObject({}),
  answer: { status: 200, body: page(Role) },
  access: { table: queryTable },
  async run({ table, caller }) {
    return { items: await rolesOf(table, caller.brokerage_id), next_cursor: null };
  },
});
