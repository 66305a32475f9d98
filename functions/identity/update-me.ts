import { withPhoto } from "../../shared/data/pictures.ts";
import { patchRecord } from "../../shared/data/records.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { answeredOf, PersonPatch, User, userRecord } from "../../shared/domain/user.ts";
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
  access: { table: writeTable("PutItem"), pictures: signReads("pictures") },
  record: ownUser,
  async run({ record, body, save, ...invoked }) {
    const { record: changed, writes } = patchRecord(userRecord, record, body, invoked);
    return save({ record: answeredOf(changed), writes });
  },
  present: withPhoto,
});
