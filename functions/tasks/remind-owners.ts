import { dueBy } from "../../shared/data/due.ts";
import { tryCommit } from "../../shared/data/records.ts";
import { type DueTask, remindedAtOnce, remindOwner, takeOut, tasksOf } from "../../shared/data/reminders.ts";
import { tableFor } from "../../shared/data/table.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachOf } from "../../shared/entry/each-of.ts";

/** Many tasks are due at the same moment, "Monday at nine": so many a run. */
const most = 5000;
/** Tasks read at once. */
const batch = 100;

export const remindOwners = schedule({
  id: "remindOwners",
  summary: "Mail their owners which tasks are due",
  impact: "Nobody is reminded of tasks that are due.",
  everyMinutes: 5,
  timeout: 300,
  access: { table: tableFor("BatchGetItem", "Query", "PutItem", "UpdateItem") },
  async run({ table, newId, ...stamp }) {
    const reminders = await dueBy(table, "reminders", stamp.now, most);
    const due: DueTask[] = [];
    for (let at = 0; at < reminders.length; at += batch) {
      const found = await tasksOf(table, reminders.slice(at, at + batch));
      due.push(...found.due);
      // Its task changed a moment ago, or is gone.
      for (const { brokerage_id, id, due_at } of found.idle)
        await tryCommit(table, [takeOut(String(brokerage_id), String(id), String(due_at), false)]);
    }
    const owners = Map.groupBy(due, ({ task }) => `${task.brokerage_id} ${task.owner_user_id}`);
    await eachOf(
      [...owners.values()].flatMap((tasks) => chunksOf(tasks)),
      ([{ task }]) => ({ brokerage_id: task.brokerage_id, user_id: task.owner_user_id }),
      (tasks) => remindOwner(table, tasks, newId(), stamp),
    );
  },
});

const chunksOf = (tasks: readonly DueTask[]) =>
  Array.from({ length: Math.ceil(tasks.length / remindedAtOnce) }, (_, at) =>
    tasks.slice(at * remindedAtOnce, (at + 1) * remindedAtOnce),
  ) as unknown as readonly [DueTask, ...DueTask[]][];
