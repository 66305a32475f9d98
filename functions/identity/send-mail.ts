import { policyIn, policyKey } from "../../shared/data/brokerages.ts";
import { purposeOf, signMailedToken } from "../../shared/data/mailed-links.ts";
import { workIn } from "../../shared/data/mailed-work.ts";
import { appOrigin, isDeliverable, sendMails } from "../../shared/data/mailer.ts";
import { countMail } from "../../shared/data/mails-of-a-day.ts";
import { aliveIn, recordKey } from "../../shared/data/record-item.ts";
import { tryCommit } from "../../shared/data/records.ts";
import { tableFor } from "../../shared/data/table.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { addressOf, isOfWork, linkEnds, MailMessage, mailFor, writeMail } from "../../shared/domain/mail.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { queueWorker } from "../../shared/entry/definition.ts";
import { log } from "../../shared/entry/log.ts";

/**
 * A message that is delivered again sends the same mail again: its link is made from the message and the user. Whoever
 * makes users, or changes emails again and again, does not fill a stranger's mailbox; resets have limits of their own.
 */
export const sendMail = queueWorker({
  id: "sendMail",
  queue: "mail",
  summary: "Write and send a mail",
  impact:
    "Invitations, links to reset a password or to verify an email, notices of a changed one, and mails about tasks and " +
    "clients do not arrive.",
  access: { table: tableFor("BatchGetItem", "UpdateItem"), mailer: sendMails, origin: appOrigin },
  message: MailMessage,
  async run({ message, table, mailer, origin, now }) {
    const { brokerage_id, id, at } = message;
    const [userItem, brokerageItem, policyItem] = await table.getMany([
      recordKey(brokerage_id, userRecord, id),
      recordKey(brokerage_id, brokerageRecord, brokerage_id),
      policyKey(brokerage_id),
    ]);
    const user = aliveIn(userRecord, userItem);
    const brokerage = aliveIn(brokerageRecord, brokerageItem);
    const policy = policyIn(policyItem);
    const kind = user && mailFor(message.mail, user);
    if (!kind || !brokerage || !policy) return;
    const [until, purpose, email] = [linkEnds(kind, at), purposeOf[kind], addressOf(kind, at, user)];
    const notSent = (why: string) => log("mail_not_sent", { mail: kind, brokerage_id, user_id: id, why });
    if (until && until <= now) return notSent("its link has expired");
    if (email === undefined) return notSent("the address before is not known");
    // Trying again would not help.
    if (!isDeliverable(email)) return notSent("SES takes no such address");
    const { tasks, clientId } = isOfWork(kind) ? await workIn(table, kind, message, now) : { tasks: [] };
    // Done, moved or given to somebody else meanwhile.
    if (isOfWork(kind) && tasks.length === 0 && !clientId) return notSent("there is nothing left to do");
    const counted = countMail(email, `${kind} ${id} ${at}`, isOfWork(kind) ? "work-mails" : "mails", now);
    if (kind !== "reset" && !(await tryCommit(table, [counted])))
      return notSent("the address has got as many as it gets in a day");
    const token = until && purpose && signMailedToken(purpose, user, until, policy.cursor_key);
    try {
      const timeZone = user.time_zone ?? brokerage.time_zone;
      await mailer.send(
        writeMail(kind, email, { brokerage: brokerage.name, origin, token, tasks, clientId, timeZone }),
      );
    } catch (error) {
      // Not MessageRejected: so SES answers, too, until it knows the sender's domain, and then the mail is to be sent.
      if (!(error instanceof Error) || error.name !== "BadRequestException") throw error;
      notSent("SES refused it");
    }
  },
});
