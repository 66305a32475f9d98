import { createRecord } from "../../shared/data/records.ts";
import { checkNameFree, checkOneMoreDefault, compiledAnew } from "../../shared/data/roles.ts";
import { writeTable } from "../../shared/data/table.ts";
import { maxRoles, NewRole, Role, roleRecord } from "../../shared/domain/role.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createRole = operation({
  id: "createRole",
  method: "POST",
  path: "/v1/roles",
  permission: "role:write",
  scope: "brokerage",
  summary: "Make a role, which may do nothing yet",
  body: NewRole,
  answer: { status: 201, body: Role },
  problems: ["name_taken", "limit_reached"],
  access: { table: writeTable("PutItem", "UpdateItem") },
  async run({ table, body, caller, roleGrants, commit, problem, ...invoked }) {
    checkNameFree(body.name);
    if (Object.keys(roleGrants).length >= maxRoles)
      throw problem("limit_reached", `A brokerage makes ${maxRoles} roles at most`);
    if (body.is_default) await checkOneMoreDefault(table, caller, roleGrants);
    const { record, writes } = createRecord(
      roleRecord,
      caller.brokerage_id,
      { is_default: false, ...body, is_built_in: false, permissions: [], users: 0 },
      invoked,
    );
    return commit([...(writes as never[]), await compiledAnew(table, record)], record);
  },
});
