import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { NewUser, newUser, User, userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { hashingMemory, hashPassword } from "../../shared/identity/passwords.ts";

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
  async run({ body, caller, commit, ...invocation }) {
    const password_hash = await hashPassword(body.password);
    const user = newUser(body, password_hash);
    const { record, writes } = createRecord(userRecord, caller.brokerage_id, user, invocation);
    // The answer may be kept for an Idempotency-Key: without the hash.
    return commit(writes, User.parse(record));
  },
});
