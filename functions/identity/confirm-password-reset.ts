import * as z from "zod/mini";
import { userOfToken } from "../../shared/data/mailed-links.ts";
import { tableFor } from "../../shared/data/table.ts";
import { changePasswordHash } from "../../shared/data/users.ts";
import { mailedToken } from "../../shared/domain/mail.ts";
import { password, wordsOf } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { forgetAttempts } from "../../shared/identity/guesses.ts";
import { hashNewPassword } from "../../shared/identity/new-password.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";

export const confirmPasswordReset = operation({
  id: "confirmPasswordReset",
  method: "POST",
  path: "/v1/auth/password-reset/confirm",
  permission: "public",
  summary: "Set a password by a mailed link: accept an invitation, or end a reset",
  description:
    "All sessions of the user end, the link can be used no more, and the email counts as verified. Their API keys go " +
    "on: revoke those that may have been stolen.",
  body: z.strictObject({ token: mailedToken, password }),
  answer: { status: 204 },
  problems: ["invalid_token"],
  access: { table: tableFor("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem") },
  memory: hashingMemory,
  async run({ body, table, commit, problem, now, written }) {
    const user = await userOfToken(table, "password", body.token, now);
    if (!user) throw problem("invalid_token");
    const hash = await hashNewPassword(body.password, "/password", wordsOf(user));
    const verifiedAt = user.email_verified_at ?? now.toISOString();
    const { writes } = changePasswordHash(user, hash, { now, written }, verifiedAt);
    await commit([...writes, ...forgetAttempts(user.email, now)], undefined);
  },
});
