import { sendTo } from "../data/queue.ts";
import { placeReminder, type TasksDue, tasksDueItems } from "../data/reminders.ts";
import { tableFor } from "../data/table.ts";
import type { MailMessage } from "../domain/mail.ts";
import { reminderAt, taskRecord } from "../domain/task.ts";
import { onChange, onChangeOf } from "../entry/effect.ts";

/** Places a task's reminder at its due date, and takes it away when the task is finished, deleted or not dated any more. */
export const placeReminders = onChangeOf(taskRecord, {
  name: "placeReminders",
  access: { table: tableFor("UpdateItem") },
  async run({ before, after, version, table, now, written }) {
    const [was, due] = [before && reminderAt(before), after && reminderAt(after)];
    // The same version again is a migration's: it places what a release without reminders did not.
    const isAsBefore = was === due && before?.version !== version;
    if (isAsBefore || (was === undefined && due === undefined)) return;
    const { brokerage_id, id } = (after ?? before)!;
    await placeReminder(table, { brokerage_id, id, version, due }, { now, written });
  },
});

/** Queues the mail to an owner of tasks that became due. */
export const mailDueTasks = onChange({
  name: "mailDueTasks",
  items: tasksDueItems,
  access: { queue: sendTo("mail") },
  async run({ change, queue }) {
    const due = change.after as unknown as TasksDue | undefined;
    if (!due?.sk.startsWith(tasksDueItems) || change.before) return;
    const { brokerage_id, user_id: id, tasks, at } = due;
    await queue.send({ mail: "tasks_due", brokerage_id, id, at, tasks: [...tasks] } satisfies MailMessage);
  },
});
