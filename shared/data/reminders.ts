import { reminderAt, type StoredTask, taskRecord } from "../domain/task.ts";
import { userRecord } from "../domain/user.ts";
import { aliveIn, type DueList, recordKey } from "./record-item.ts";
import { type Stamp, tryCommit, ttl } from "./records.ts";
import { schemas, withSchemaVersion } from "./schema.ts";
import type { Item, Key, PutWrite, TableReader, TableWriter, UpdateWrite } from "./table.ts";

/**
 * A task's reminder stands beside the task: in the list of what is due until its moment, then with the moments
 * that its owner was reminded of. The task itself is not written, so that nobody who is just changing it gets a 412.
 */
const list: DueList = "reminders";
export const reminderKey = (brokerageId: string, taskId: string): Key => ({
  pk: recordKey(brokerageId, taskRecord, taskId).pk,
  sk: "reminder",
});

/** The version of a task, and when its owner is to be reminded of it. */
interface Wanted {
  readonly brokerage_id: string;
  readonly id: string;
  readonly version: number;
  readonly due: string | undefined;
}

/**
 * Puts a task's reminder where this version of the task wants it. Nothing changes when a later version was here before;
 * a moment that its owner was reminded of does not come again.
 */
export async function placeReminder(
  table: TableWriter<UpdateWrite>,
  { due, ...task }: Wanted,
  { written }: Stamp,
): Promise<void> {
  const isPlaced = due !== undefined && (await tryCommit(table, [placed(task, written, due)]));
  if (!isPlaced) await tryCommit(table, [placed(task, written)]);
}

function placed(
  { brokerage_id, id, version }: Omit<Wanted, "due">,
  written: Stamp["written"],
  due?: string,
): UpdateWrite {
  const isNewer = "(attribute_not_exists(#version) OR #version < :version)";
  const set =
    "SET #schema = :schema, brokerage_id = :brokerage, id = :id, #version = :version, written = :written";
  return {
    Update: {
      Key: reminderKey(brokerage_id, id),
      UpdateExpression: due ? `${set}, due_list = :list, due_at = :due` : `${set} REMOVE due_list, due_at`,
      ConditionExpression: due ? `${isNewer} AND NOT contains(reminded, :due)` : isNewer,
      ExpressionAttributeNames: { "#schema": "schema", "#version": "version" },
      ExpressionAttributeValues: {
        ":schema": schemas.reminder,
        ":brokerage": brokerage_id,
        ":id": id,
        ":version": version,
        ":written": written,
        ...(due ? { ":list": list, ":due": due } : {}),
      },
    },
  };
}

/** A task whose moment has come. */
export interface DueTask {
  readonly task: StoredTask;
  readonly due: string;
}

/** The tasks of reminders that are due, and the reminders whose task does not want them any more. At most 100. */
export async function tasksOf(
  table: TableReader,
  reminders: readonly Item[],
): Promise<{ readonly due: readonly DueTask[]; readonly idle: readonly Item[] }> {
  const keys = reminders.map(({ brokerage_id, id }) =>
    recordKey(String(brokerage_id), taskRecord, String(id)),
  );
  const items = await table.getMany(keys);
  const found = reminders.map((reminder, at) => {
    const task = aliveIn(taskRecord, items[at]);
    return {
      reminder,
      due: String(reminder.due_at),
      task: task && reminderAt(task) === reminder.due_at ? task : undefined,
    };
  });
  return {
    due: found.flatMap(({ task, due }) => (task ? [{ task, due }] : [])),
    idle: found.flatMap(({ task, reminder }) => (task ? [] : [reminder])),
  };
}

/** Takes a reminder out of what is due, as it was found there; with the moment where its owner is reminded of it. */
export function takeOut(brokerageId: string, taskId: string, due: string, isReminded: boolean): UpdateWrite {
  return {
    Update: {
      Key: reminderKey(brokerageId, taskId),
      UpdateExpression: `REMOVE due_list, due_at${isReminded ? " ADD reminded :moment" : ""}`,
      ConditionExpression: "due_list = :list AND due_at = :due",
      ExpressionAttributeValues: {
        ":list": list,
        ":due": due,
        ...(isReminded ? { ":moment": new Set([due]) } : {}),
      },
    },
  };
}

/** Tasks in one transaction, and in one mail. */
export const remindedAtOnce = 25;

/** That an owner is reminded of tasks: the stream mails it. */
export interface TasksDue extends Key {
  readonly brokerage_id: string;
  readonly user_id: string;
  readonly tasks: readonly string[];
  readonly at: string;
}

/** The sort keys of such items begin so. */
export const tasksDueItems = "tasks-due#";

/**
 * Reminds an owner of tasks that became due, `remindedAtOnce` of them at most: all of it or nothing, so of each once
 * however many runs meet and wherever they die. Another run may have been first with some: the rest is tried again.
 */
export async function remindOwner(
  table: TableWriter<PutWrite | UpdateWrite>,
  tasks: readonly DueTask[],
  id: string,
  stamp: Stamp,
): Promise<void> {
  const first = await tryCommit(table, reminding(tasks, id, stamp));
  if (first) return;
  const keys = tasks.map(({ task }) => reminderKey(task.brokerage_id, task.id));
  const now = await table.getMany(keys);
  const left = tasks.filter(({ due }, at) => now[at]?.due_list === list && now[at]?.due_at === due);
  if (left.length > 0) await tryCommit(table, reminding(left, id, stamp));
}

function reminding(
  tasks: readonly DueTask[],
  id: string,
  { now, written }: Stamp,
): readonly (PutWrite | UpdateWrite)[] {
  const [{ task }] = tasks as readonly [DueTask];
  const { brokerage_id, owner_user_id } = task;
  const item = withSchemaVersion("tasksDue", {
    pk: recordKey(brokerage_id, userRecord, owner_user_id).pk,
    sk: `${tasksDueItems}${id}`,
    brokerage_id,
    user_id: owner_user_id,
    tasks: tasks.map(({ task }) => task.id),
    at: now.toISOString(),
    written,
    ttl: ttl(new Date(now.getTime() + 86_400_000)),
  });
  return [
    { Put: { Item: item, ConditionExpression: "attribute_not_exists(pk)" } },
    ...tasks.map(({ task, due }) => takeOut(task.brokerage_id, task.id, due, true)),
  ];
}
