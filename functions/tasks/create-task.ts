import { newOwner } from "../../shared/data/owners.ts";
import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkTaskLinks } from "../../shared/data/task-links.ts";
import { NewTask, newTask, Task, taskRecord } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createTask = operation({
  id: "createTask",
  method: "POST",
  path: "/v1/tasks",
  permission: "task:write",
  summary: "Add a task",
  description:
    "owner_user_id may be another user if you may write all tasks; property_id and client_id must be ones that you may read.",
  body: NewTask,
  assistant: "proposes",
  answer: { status: 201, body: Task },
  access: { table: writeTable("PutItem") },
  async run({ table, body, caller, save, ...invoked }) {
    const task = newTask(body, await newOwner(table, caller, "task", body));
    await checkTaskLinks(table, caller, task, invoked.now);
    return save(createRecord(taskRecord, caller.brokerage_id, task, invoked));
  },
});
