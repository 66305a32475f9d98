import { counted } from "../../shared/data/quotas.ts";
import { createRecord } from "../../shared/data/records.ts";
import { defaultRoles } from "../../shared/data/roles.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkMayGiveRole } from "../../shared/data/user-changes.ts";
import { limitSaid } from "../../shared/domain/limits.ts";
import { NewUser, newUser, User, userRecord, withoutUrl, wordsOf } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { hashNewPassword } from "../../shared/identity/new-password.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";

export const createUser = operation({
  id: "createUser",
  method: "POST",
  path: "/v1/users",
  permission: "user:write",
  scope: "brokerage",
  summary: "Add a user with an initial password, or invite one by mail",
  description:
    "Without a password, a link to set one is mailed to them (`confirmPasswordReset`). It is good for 7 days; " +
    "`requestPasswordReset` sends a fresh one. Nobody gives a role that may do more than they may. Roles that are " +
    `defaults are given to all but clients. ${limitSaid("invitations")}`,
  body: NewUser,
  answer: { status: 201, body: User },
  problems: ["email_taken"],
  // A role that is given may be changed at the same time.
  unversioned: true,
  access: { table: writeTable("PutItem", "UpdateItem", "ConditionCheckItem") },
  memory: hashingMemory,
  async run({ body, table, caller, roleGrants, save, ...invocation }) {
    checkMayGiveRole(caller, body.role);
    const { password } = body;
    const hash = password && (await hashNewPassword(password, "/password", wordsOf(body)));
    const roles = body.role === "client" ? nothing : await defaultRoles(table, caller, roleGrants);
    const user = newUser(body, hash, roles.ids);
    const { record, writes } = createRecord(userRecord, caller.brokerage_id, user, invocation);
    const used = password ? [] : [counted("invitations", caller, invocation.now)];
    return save({ record: withoutUrl(record), writes: [...writes, ...roles.writes, ...used] });
  },
});

const nothing = { ids: [], writes: [] };
