import { withPhoto } from "../../shared/data/pictures.ts";
import { changeRecord, orConflict } from "../../shared/data/records.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkMayChange } from "../../shared/data/user-changes.ts";
import { answeredOf, User, userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const reactivateUser = operation({
  id: "reactivateUser",
  method: "POST",
  path: "/v1/users/{user_id}/reactivate",
  permission: "user:write",
  summary: "Reactivate a user, who signs in anew",
  description: "The sessions and the API keys that they had before stay ended.",
  answer: { status: 200, body: User },
  unversioned: true,
  access: { table: writeTable("PutItem", "UpdateItem"), pictures: signReads("pictures") },
  record: recordAt(userRecord, "user_id"),
  async run({ roleGrants, record, caller, commit, ...invoked }) {
    checkMayChange(caller, record, roleGrants);
    if (record.is_active) return commit([], answeredOf(record));
    const active = { is_active: true, active_since: invoked.now.toISOString() };
    const { record: changed, writes } = changeRecord(userRecord, record, active, invoked);
    return commit(orConflict(writes), answeredOf(changed));
  },
  present: withPhoto,
});
