import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkTaskLinks } from "../../shared/data/tasks.ts";
import { NewTask, newTask, Task, taskRecord } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createTask = operation({
  id: "createTask",
  method: "POST",
  path: "/v1/tasks",
  permission: "task:write",
  summary: "Add a task",
  description: "Who may write all tasks may name another owner_user_id; a property is one that you may read.",
  body: NewTask,
  answer: { status: 201, body: Task },
  access: { table: writeTable("PutItem") },
  async run({ table, body, caller, commit, ...invoked }) {
    const task = newTask(body, caller.user_id);
    await checkTaskLinks(table, caller, task, invoked.now);
    const { record, writes } = createRecord(taskRecord, caller.brokerage_id, task, invoked);
    return commit(writes, record);
  },
});
