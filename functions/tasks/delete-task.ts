import { deleteRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteTask = operation({
  id: "deleteTask",
  method: "DELETE",
  path: "/v1/tasks/{task_id}",
  permission: "task:delete",
  summary: "Delete a task",
  description: "It can be restored for 30 days. A job's task cannot be deleted: 409.",
  assistant: "proposes",
  answer: { status: 204 },
  problems: ["invalid_transition"],
  access: { table: writeTable("PutItem") },
  record: recordAt(taskRecord, "task_id"),
  async run({ record, commit, problem, ...invoked }) {
    if (record.job) throw problem("invalid_transition", "A job's task cannot be deleted");
    return commit(deleteRecord(taskRecord, record, invoked), undefined);
  },
});
