import { withPhoto } from "../../shared/data/pictures.ts";
import { patchRecord } from "../../shared/data/records.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkMayChange, checkMayChangeEmail, checkMayGiveRole } from "../../shared/data/user-changes.ts";
import { answeredOf, User, UserPatch, userRecord, withOtherEmail } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const updateUser = operation({
  id: "updateUser",
  method: "PATCH",
  path: "/v1/users/{user_id}",
  permission: "user:write",
  summary: "Change a user's profile, email or built-in role",
  description:
    "A role holds from the user's next request. Nobody changes a user who may do more than they may, or gives a role " +
    "that may. A colleague's email is changed by who holds for the whole brokerage all that the colleague may do. The " +
    "last active admin keeps the role.",
  body: UserPatch,
  answer: { status: 200, body: User },
  problems: ["email_taken", "last_admin"],
  access: { table: writeTable("PutItem", "UpdateItem", "DeleteItem"), pictures: signReads("pictures") },
  record: recordAt(userRecord, "user_id"),
  async run({ roleGrants, record, body, caller, save, ...invoked }) {
    checkMayChange(caller, record, roleGrants);
    const isOtherEmail = body.email !== undefined && body.email !== record.email;
    if (isOtherEmail) checkMayChangeEmail(caller, record, roleGrants);
    if (body.role) checkMayGiveRole(caller, body.role);
    const { record: changed, writes } = patchRecord(
      userRecord,
      record,
      { ...body, ...(isOtherEmail ? withOtherEmail(record, invoked.now) : {}) },
      invoked,
    );
    return save({ record: answeredOf(changed), writes });
  },
  present: withPhoto,
});
