import { withPhoto } from "../../shared/data/pictures.ts";
import { assignRoles } from "../../shared/data/roles.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkMayChange } from "../../shared/data/user-changes.ts";
import { UserRoles } from "../../shared/domain/role.ts";
import { answeredOf, User, userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const putUserRoles = operation({
  id: "putUserRoles",
  method: "PUT",
  path: "/v1/users/{user_id}/roles",
  permission: "user:write",
  summary: "Say which roles a user has beside the built-in one",
  description: "They hold from the user's next request. Nobody gives what they do not hold.",
  body: UserRoles,
  answer: { status: 200, body: User },
  access: {
    table: writeTable("PutItem", "UpdateItem", "ConditionCheckItem"),
    pictures: signReads("pictures"),
  },
  record: recordAt(userRecord, "user_id"),
  async run({ table, record, body, caller, roleGrants, save, ...stamp }) {
    checkMayChange(caller, record, roleGrants);
    const { record: changed, writes } = await assignRoles(table, caller, record, body.role_ids, stamp);
    return save({ record: answeredOf(changed), writes });
  },
  present: withPhoto,
});
