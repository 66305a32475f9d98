import * as z from "zod/mini";
import { carryOver } from "../../shared/data/sessions.ts";
import { writeTable } from "../../shared/data/table.ts";
import { changePasswordHash } from "../../shared/data/users.ts";
import { invalidInput } from "../../shared/domain/problem.ts";
import { password, wordsOf } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { countAttempt, uncountAttempt } from "../../shared/identity/guesses.ts";
import { hashNewPassword } from "../../shared/identity/new-password.ts";
import { hashingMemory, verifyPassword } from "../../shared/identity/passwords.ts";

export const changePassword = operation({
  id: "changePassword",
  method: "POST",
  path: "/v1/auth/password",
  permission: "session",
  summary: "Change your password; all your other sessions end",
  body: z.strictObject({
    current_password: z.string().check(z.minLength(1), z.maxLength(1000)),
    new_password: password,
  }),
  answer: { status: 204 },
  problems: ["too_many_requests"],
  access: { table: writeTable("PutItem", "UpdateItem") },
  memory: hashingMemory,
  async run({ body, user, caller, commit, now, written }) {
    const { email } = user;
    const attempt = { id: written.operation_id, email, address: written.ip, standing: "known" } as const;
    await countAttempt(commit, attempt, now);
    const { right } = await verifyPassword(body.current_password, user.password_hash);
    if (!right) throw invalidInput("/current_password", "is not your password");
    await uncountAttempt(commit, attempt, now);
    const hash = await hashNewPassword(body.new_password, "/new_password", wordsOf(user));
    const changed = changePasswordHash(user, hash, { now, written });
    await commit([...changed.writes, carryOver(changed.user, caller.session_id)], undefined);
  },
});
