import { readTable } from "../../shared/data/table.ts";
import { Role } from "../../shared/domain/role.ts";
import { operation } from "../../shared/entry/definition.ts";
import { roleAt } from "../../shared/entry/path-role.ts";

export const getRole = operation({
  id: "getRole",
  method: "GET",
  path: "/v1/roles/{role_id}",
  permission: "role:read",
  summary: "Show a role with what it may do",
  answer: { status: 200, body: Role },
  access: { table: readTable },
  record: roleAt,
  async run({ record }) {
    return record;
  },
});
