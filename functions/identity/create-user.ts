import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { NewUser, newUser, User, userRecord, wordsOf } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { hashNewPassword } from "../../shared/identity/new-password.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";

export const createUser = operation({
  id: "createUser",
  method: "POST",
  path: "/v1/users",
  permission: "user:write",
  summary: "Add a user with an initial password",
  body: NewUser,
  answer: { status: 201, body: User },
  problems: ["email_taken"],
  access: { table: writeTable("PutItem") },
  memory: hashingMemory,
  async run({ body, caller, save, ...invocation }) {
    const user = newUser(body, await hashNewPassword(body.password, "/password", wordsOf(body)));
    return save(createRecord(userRecord, caller.brokerage_id, user, invocation));
  },
});
