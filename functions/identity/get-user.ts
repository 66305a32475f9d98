import { withPhoto } from "../../shared/data/pictures.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { readTable } from "../../shared/data/table.ts";
import { User, userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getUser = operation({
  id: "getUser",
  method: "GET",
  path: "/v1/users/{user_id}",
  permission: "user:read",
  summary: "Show a user",
  answer: { status: 200, body: User },
  access: { table: readTable, pictures: signReads("pictures") },
  record: recordAt(userRecord, "user_id"),
  async run({ record }) {
    return record;
  },
  present: withPhoto,
});
