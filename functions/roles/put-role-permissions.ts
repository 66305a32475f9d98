import { changeRecord } from "../../shared/data/records.ts";
import { checkHeld, checkNotBuiltIn, compiled } from "../../shared/data/roles.ts";
import { writeTable } from "../../shared/data/table.ts";
import { widest } from "../../shared/domain/access.ts";
import { grantOf, permissionOf, Role, RolePermissions, roleRecord } from "../../shared/domain/role.ts";
import { operation } from "../../shared/entry/definition.ts";
import { roleAt } from "../../shared/entry/path-role.ts";

export const putRolePermissions = operation({
  id: "putRolePermissions",
  method: "PUT",
  path: "/v1/roles/{role_id}/permissions",
  permission: "role:write",
  summary: "Say all that a role may do",
  description:
    "It holds from the next request of everybody who has the role. Nobody gives what they do not hold. Of a permission " +
    "that is said for several scopes, the widest is kept.",
  body: RolePermissions,
  answer: { status: 200, body: Role },
  access: { table: writeTable("PutItem", "UpdateItem") },
  record: roleAt,
  async run({ record, body, caller, commit, ...invoked }) {
    checkNotBuiltIn(record);
    const grants = widest(body.permissions.map(grantOf));
    checkHeld(caller, grants);
    const changed = changeRecord(roleRecord, record, { permissions: grants.map(permissionOf) }, invoked);
    return commit([...(changed.writes as never[]), compiled(changed.record)], changed.record);
  },
});
