import { sendTo } from "../data/queue.ts";
import { loadRecord } from "../data/records.ts";
import { tableFor } from "../data/table.ts";
import { clientRecord } from "../domain/client.ts";
import { interactionRecord } from "../domain/interaction.ts";
import type { MailMessage } from "../domain/mail.ts";
import type { Owned } from "../domain/ownership.ts";
import type { Meta } from "../domain/record-type.ts";
import { isFinished, taskRecord } from "../domain/task.ts";
import { onChangeOf } from "../entry/effect.ts";

/** Whether a change gives a record to somebody who did not do it; what a hand-over brings is told once, by its task. */
function isGiven(before: Owned | undefined, after: Owned & Meta, version: number): boolean {
  const { owner_user_id, handed, written } = after;
  if (handed?.version === version) return false;
  // A website's key writes in its maker's name.
  if (written.by === owner_user_id && !written.api_key_id) return false;
  return before ? before.owner_user_id !== owner_user_id : version === 1;
}

/** Queues a mail to whom somebody else gives a task that is to be done. */
export const mailGivenTasks = onChangeOf(taskRecord, {
  name: "mailGivenTasks",
  access: { queue: sendTo("mail") },
  async run({ before, after, version, queue }) {
    if (!after || after.job || isFinished(after) || !isGiven(before, after, version)) return;
    const { brokerage_id, owner_user_id: id, updated_at: at } = after;
    await queue.send({
      mail: "task_assigned",
      brokerage_id,
      id,
      at,
      tasks: [after.id],
    } satisfies MailMessage);
  },
});

/** Queues a mail to whom a client is given: by a lead, by its move to the next agent, or by a colleague. Not by an import. */
export const mailGivenClients = onChangeOf(clientRecord, {
  name: "mailGivenClients",
  access: { queue: sendTo("mail") },
  async run({ before, after, version, queue }) {
    if (!after || after.import?.version === version || !isGiven(before, after, version)) return;
    const { brokerage_id, owner_user_id: id, updated_at: at } = after;
    await queue.send({
      mail: "client_given",
      brokerage_id,
      id,
      at,
      client_id: after.id,
    } satisfies MailMessage);
  },
});

/** Queues a mail to the agent of a known client from whom an enquiry came in by itself. */
export const mailEnquiries = onChangeOf(interactionRecord, {
  name: "mailEnquiries",
  access: { table: tableFor("GetItem"), queue: sendTo("mail") },
  async run({ before, after, version, table, queue }) {
    if (!after || before || version !== 1 || after.user_id !== null) return;
    const { brokerage_id, client_id, created_at: at } = after;
    const client = await loadRecord(table, clientRecord, brokerage_id, client_id);
    // Who came with it is mailed as a new client.
    if (!client || client.created_at === at) return;
    await queue.send({
      mail: "client_asks",
      brokerage_id,
      id: client.owner_user_id,
      at,
      client_id,
    } satisfies MailMessage);
  },
});
