import { changedOwner } from "../../shared/data/owners.ts";
import { changeRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkTaskLinks } from "../../shared/data/task-links.ts";
import { changedTask, Task, TaskPatch, taskRecord } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const updateTask = operation({
  id: "updateTask",
  method: "PATCH",
  path: "/v1/tasks/{task_id}",
  permission: "task:write",
  summary: "Change a task",
  description:
    "A merge patch. A finished task is reopened only by a patch that names another status; its progress then begins " +
    "at 0 again. The status and progress of a job's task are set by the job: changing them is a 409.",
  body: TaskPatch,
  assistant: "proposes",
  answer: { status: 200, body: Task },
  problems: ["invalid_transition"],
  access: { table: writeTable("PutItem") },
  record: recordAt(taskRecord, "task_id"),
  async run({ table, record: task, body, caller, save, ...invoked }) {
    const changes = changedTask(task, body);
    await checkTaskLinks(table, caller, changes, invoked.now);
    const owned = await changedOwner(table, caller, "task", task, body, invoked.now);
    return save(changeRecord(taskRecord, task, { ...changes, ...owned }, invoked));
  },
});
