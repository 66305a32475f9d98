import * as z from "zod/mini";
import { userOfToken } from "../../shared/data/mailed-links.ts";
import { changeRecord, orConflict } from "../../shared/data/records.ts";
import { tableFor } from "../../shared/data/table.ts";
import { mailedToken } from "../../shared/domain/mail.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";

export const verifyEmail = operation({
  id: "verifyEmail",
  method: "POST",
  path: "/v1/auth/verify-email",
  permission: "public",
  summary: "Verify an email by a mailed link",
  description: "Done again with the same link, it changes nothing.",
  body: z.strictObject({ token: mailedToken }),
  answer: { status: 204 },
  problems: ["invalid_token"],
  access: { table: tableFor("GetItem", "BatchGetItem", "PutItem") },
  async run({ body, table, commit, problem, ...stamp }) {
    const user = await userOfToken(table, "email", body.token, stamp.now);
    if (!user) throw problem("invalid_token");
    if (user.email_verified_at) return;
    const email_verified_at = stamp.now.toISOString();
    await commit(orConflict(changeRecord(userRecord, user, { email_verified_at }, stamp).writes), undefined);
  },
});
