import { removePicture } from "../../shared/data/pictures.ts";
import { changeRecord, orConflict } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { ownUser } from "../../shared/entry/path-record.ts";

export const deleteMyPhoto = operation({
  id: "deleteMyPhoto",
  method: "DELETE",
  path: "/v1/me/photo",
  permission: "session",
  summary: "Delete the photo of yourself; its file is gone within hours",
  answer: { status: 204 },
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: ownUser,
  async run({ table, record, commit, ...invoked }) {
    const removed = await removePicture(table, record.brokerage_id, record.photo, invoked);
    const changed = changeRecord(userRecord, record, { photo: null }, invoked);
    return commit([...orConflict(changed.writes), ...removed], undefined);
  },
});
