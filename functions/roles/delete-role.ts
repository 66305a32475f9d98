import { deleteRecord } from "../../shared/data/records.ts";
import { checkNotBuiltIn, decompiled, uncounted, usersOf } from "../../shared/data/roles.ts";
import { writeTable } from "../../shared/data/table.ts";
import { roleRecord } from "../../shared/domain/role.ts";
import { operation } from "../../shared/entry/definition.ts";
import { roleAt } from "../../shared/entry/path-role.ts";

export const deleteRole = operation({
  id: "deleteRole",
  method: "DELETE",
  path: "/v1/roles/{role_id}",
  permission: "role:delete",
  summary: "Delete a role that nobody has",
  answer: { status: 204 },
  problems: ["in_use"],
  access: { table: writeTable("PutItem", "UpdateItem", "DeleteItem") },
  record: roleAt,
  async run({ table, record, commit, problem, ...invoked }) {
    checkNotBuiltIn(record);
    const users = await usersOf(table, record);
    if (users > 0) throw problem("in_use", `${users} users have the role: take it from them first`);
    const writes = [...deleteRecord(roleRecord, record, invoked), decompiled(record), uncounted(record)];
    return commit(writes, undefined);
  },
});
