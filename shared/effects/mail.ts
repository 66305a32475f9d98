import { resetIn, resetItems } from "../data/password-resets.ts";
import { sendTo } from "../data/queue.ts";
import { tableFor } from "../data/table.ts";
import { type EmailLookup, emailKey } from "../data/users.ts";
import { type MailMessage, mailOfNew } from "../domain/mail.ts";
import { userRecord } from "../domain/user.ts";
import { onChange, onChangeOf } from "../entry/effect.ts";

/**
 * Queues the mail to a user who was just created or whose email was changed: an invitation, or a link to verify the
 * email. The address before gets a notice.
 */
export const mailNewEmails = onChangeOf(userRecord, {
  name: "mailNewEmails",
  access: { queue: sendTo("mail") },
  async run({ before, after, queue }) {
    if (!after || before?.email === after.email) return;
    const { brokerage_id, id, updated_at: at } = after;
    const mail = mailOfNew(after, before !== undefined);
    if (mail) await queue.send({ mail, brokerage_id, id, at } satisfies MailMessage);
    if (!before) return;
    await queue.send({ mail: "email_changed", brokerage_id, id, at } satisfies MailMessage);
  },
});

/** Queues the mail to the user whose email a password reset was asked for, where somebody has it. */
export const mailResets = onChange({
  name: "mailResets",
  items: resetItems,
  access: { table: tableFor("GetItem"), queue: sendTo("mail") },
  async run({ change, table, queue }) {
    const asked = resetIn(change.before, change.after);
    const user = asked && (await table.get<EmailLookup>(emailKey(asked.email)));
    if (!user) return;
    const { brokerage_id, id } = user;
    await queue.send({ mail: "reset", brokerage_id, id, at: asked.asked_at } satisfies MailMessage);
  },
});
