import { changeRecord } from "../../shared/data/records.ts";
import { checkHeld, checkNotBuiltIn, compiled } from "../../shared/data/roles.ts";
import { writeTable } from "../../shared/data/table.ts";
import { grantOf, Role, RolePermissions, roleRecord } from "../../shared/domain/role.ts";
import { operation } from "../../shared/entry/definition.ts";
import { roleAt } from "../../shared/entry/path-role.ts";

export const putRolePermissions = operation({
  id: "putRolePermissions",
  method: "PUT",
  path: "/v1/roles/{role_id}/permissions",
  permission: "role:write",
  summary: "Say all that a role may do",
  description:
    "It holds from the next request of everybody who has the role. Nobody gives what they do not hold.",
  body: RolePermissions,
  answer: { status: 200, body: Role },
  access: { table: writeTable("PutItem", "UpdateItem") },
  record: roleAt,
  async run({ record, body, caller, commit, ...invoked }) {
    checkNotBuiltIn(record);
    checkHeld(caller, body.permissions.map(grantOf));
    const changed = changeRecord(roleRecord, record, { permissions: body.permissions }, invoked);
    return commit([...(changed.writes as never[]), compiled(changed.record)], changed.record);
  },
});
