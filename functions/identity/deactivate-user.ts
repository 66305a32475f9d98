import { writeTable } from "../../shared/data/table.ts";
import { checkMayChange, deactivated } from "../../shared/data/user-changes.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deactivateUser = operation({
  id: "deactivateUser",
  method: "DELETE",
  path: "/v1/users/{user_id}",
  permission: "user:delete",
  summary: "Deactivate a user: all sessions end with the next request",
  description:
    "The user stays with records, roles and teams, and may be reactivated. Nobody deactivates a user who may do more " +
    "than they may; the last active admin stays.",
  answer: { status: 204 },
  problems: ["last_admin"],
  access: { table: writeTable("PutItem", "UpdateItem") },
  record: recordAt(userRecord, "user_id"),
  async run({ roleGrants, record, caller, commit, ...invoked }) {
    checkMayChange(caller, record, roleGrants);
    return commit(record.is_active ? deactivated(record, invoked).writes : [], undefined);
  },
});
