import * as z from "zod/mini";
import { askForReset } from "../../shared/data/password-resets.ts";
import { tableFor } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { email } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { countReset } from "../../shared/identity/guesses.ts";

export const requestPasswordReset = operation({
  id: "requestPasswordReset",
  method: "POST",
  path: "/v1/auth/password-reset",
  permission: "public",
  summary: "Ask for a link to set a new password",
  description:
    "The answer is the same for every email, in the same time. Where an active user has the email, a link is mailed to " +
    "it that is good once and for 30 minutes: one a minute, four in fifteen minutes. Who has not accepted an invitation " +
    "gets a fresh one. An IP address may ask 30 times in fifteen minutes.",
  body: z.strictObject({ email }),
  answer: { status: 202, body: z.object({ received: z.literal(true) }) },
  problems: ["too_many_requests"],
  access: { table: tableFor("GetItem", "UpdateItem") },
  async run({ body, commit, now, written }) {
    await countReset(commit, { id: written.operation_id, address: written.ip }, now);
    await commit([askForReset(body.email, { now, written })], undefined).catch((error) => {
      if (!(error instanceof Problem && error.code === "limit_reached")) throw error;
    });
    return { received: true as const };
  },
});
