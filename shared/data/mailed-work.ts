import type { MailKind, MailMessage, NamedTask } from "../domain/mail.ts";
import type { Owned } from "../domain/ownership.ts";
import { isFinished, reminderAt, type StoredTask, taskRecord } from "../domain/task.ts";
import { aliveIn, isAlive, recordKey } from "./record-item.ts";
import type { TableReader } from "./table.ts";

/** The type of client, by name: its rules are many, and the mailer needs none of them. */
const client = { name: "client" } as const;

/** What a mail about work still has reason to name when it is written: what is its reader's, and to be done. */
export async function workIn(
  table: TableReader,
  kind: MailKind,
  { brokerage_id, id, tasks = [], client_id }: MailMessage,
  now: Date,
): Promise<{ readonly tasks: readonly NamedTask[]; readonly clientId?: string }> {
  const keys = [
    ...tasks.map((task) => recordKey(brokerage_id, taskRecord, task)),
    ...(client_id ? [recordKey(brokerage_id, client, client_id)] : []),
  ];
  const items = await table.getMany(keys);
  const isTheirs = (record: Owned) => record.owner_user_id === id;
  const isToDo = (task: StoredTask) =>
    kind === "tasks_due" ? (reminderAt(task) ?? "~") <= now.toISOString() : !isFinished(task);
  const found = client_id ? items.at(-1) : undefined;
  return {
    tasks: items
      .slice(0, tasks.length)
      .flatMap((item) => aliveIn(taskRecord, item) ?? [])
      .filter((task) => isTheirs(task) && isToDo(task)),
    ...(isAlive(found) && isTheirs(found.listed as Owned) ? { clientId: String(found.id) } : {}),
  };
}
