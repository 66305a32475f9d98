import { createRecord } from "../../shared/data/records.ts";
import { checkHeld } from "../../shared/data/roles.ts";
import { writeTable } from "../../shared/data/table.ts";
import { defaultGrants } from "../../shared/domain/access.ts";
import { permissionOf } from "../../shared/domain/role.ts";
import { NewUser, newUser, User, userRecord, wordsOf } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { hashNewPassword } from "../../shared/identity/new-password.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";

export const createUser = operation({
  id: "createUser",
  method: "POST",
  path: "/v1/users",
  permission: "user:write",
  summary: "Add a user with an initial password, or invite one by mail",
  description:
    "Without a password, a link to set one is mailed to them (`confirmPasswordReset`). It is good for 7 days; " +
    "`requestPasswordReset` sends a fresh one. Nobody gives what they do not hold: of a built-in role its permissions.",
  body: NewUser,
  answer: { status: 201, body: User },
  problems: ["email_taken"],
  access: { table: writeTable("PutItem") },
  memory: hashingMemory,
  async run({ body, caller, save, ...invocation }) {
    checkHeld(caller, defaultGrants[body.role].map(permissionOf));
    const { password } = body;
    const hash = password && (await hashNewPassword(password, "/password", wordsOf(body)));
    return save(createRecord(userRecord, caller.brokerage_id, newUser(body, hash), invocation));
  },
});
