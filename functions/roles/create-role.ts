import { createRecord } from "../../shared/data/records.ts";
import { checkNameFree, compiledAnew, rolesOf } from "../../shared/data/roles.ts";
import { writeTable } from "../../shared/data/table.ts";
import { builtInRoles, maxRoles, NewRole, Role, roleRecord } from "../../shared/domain/role.ts";
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
  access: { table: writeTable("Query", "PutItem", "UpdateItem") },
  async run({ table, body, caller, commit, problem, ...invoked }) {
    checkNameFree(body.name);
    const present = await rolesOf(table, caller.brokerage_id);
    if (present.length - builtInRoles.length >= maxRoles)
      throw problem("limit_reached", `A brokerage makes ${maxRoles} roles at most`);
    const { record, writes } = createRecord(
      roleRecord,
      caller.brokerage_id,
      { is_default: false, ...body, is_built_in: false, permissions: [], users: 0 },
      invoked,
    );
    return commit([...(writes as never[]), await compiledAnew(table, record)], record);
  },
});
