import { patchRecord } from "../../shared/data/records.ts";
import { checkHeld, checkNameFree, checkNotBuiltIn, checkOneMoreDefault } from "../../shared/data/roles.ts";
import { writeTable } from "../../shared/data/table.ts";
import { grantOf, Role, RolePatch, roleRecord } from "../../shared/domain/role.ts";
import { operation } from "../../shared/entry/definition.ts";
import { roleAt } from "../../shared/entry/path-role.ts";

export const updateRole = operation({
  id: "updateRole",
  method: "PATCH",
  path: "/v1/roles/{role_id}",
  permission: "role:write",
  summary: "Rename a role, describe it, or give it to new users",
  body: RolePatch,
  answer: { status: 200, body: Role },
  problems: ["name_taken", "limit_reached"],
  access: { table: writeTable("PutItem", "DeleteItem") },
  record: roleAt,
  async run({ table, record, body, caller, roleGrants, save, ...invoked }) {
    checkNotBuiltIn(record);
    if (body.name !== undefined) checkNameFree(body.name);
    if (body.is_default) checkHeld(caller, record.permissions.map(grantOf));
    if (body.is_default && !record.is_default) await checkOneMoreDefault(table, caller, roleGrants);
    return save(patchRecord(roleRecord, record, body, invoked));
  },
});
