import { nextVersion, replace } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { readUser, userItem } from "../../shared/data/users.ts";
import { mergePatch } from "../../shared/domain/schemas.ts";
import { PersonPatch, User } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";

export const updateMe = operation({
  id: "updateMe",
  method: "PATCH",
  path: "/v1/me",
  permission: "session",
  summary: "Change your own profile",
  body: PersonPatch,
  answer: { status: 200, body: User },
  access: { table: writeTable("PutItem") },
  record: (table, brokerageId, _params, userId) => readUser(table, brokerageId, userId),
  async run({ record, body, now, written, commit }) {
    const next = nextVersion(record, mergePatch(record, body), now, written);
    return commit([replace(userItem(next))], next);
  },
});
