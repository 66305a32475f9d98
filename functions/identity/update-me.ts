import { patchRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { PersonPatch, User, userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { ownUser } from "../../shared/entry/path-record.ts";

export const updateMe = operation({
  id: "updateMe",
  method: "PATCH",
  path: "/v1/me",
  permission: "session",
  summary: "Change your own profile",
  body: PersonPatch,
  answer: { status: 200, body: User },
  access: { table: writeTable("PutItem") },
  record: ownUser,
  async run({ record, body, commit, ...invoked }) {
    const changed = patchRecord(userRecord, record, body, invoked);
    return commit(changed.writes, changed.record);
  },
});
