import * as z from "zod/mini";
import { readTable } from "../../shared/data/table.ts";
import { pageOf } from "../../shared/data/whole-list.ts";
import { byResource, PermissionInfo, permissions } from "../../shared/domain/permissions.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listPermissions = operation({
  id: "listPermissions",
  method: "GET",
  path: "/v1/permissions",
  permission: "role:read",
  summary: "List every permission that there is",
  description: "A role or an API key has each for a scope: own, team or brokerage.",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(PermissionInfo) },
  access: { table: readTable },
  async run(asked) {
    return pageOf(permissions, byResource, ({ name }) => ({ name }), asked, "listPermissions");
  },
});
