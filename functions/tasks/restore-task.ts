import { restoreRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Task, taskRecord } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";
import { deletedAt } from "../../shared/entry/path-record.ts";

export const restoreTask = operation({
  id: "restoreTask",
  method: "POST",
  path: "/v1/tasks/{task_id}/restore",
  permission: "task:delete",
  summary: "Restore a deleted task",
  description: "Within 30 days of its deletion; needs the permission to delete it.",
  answer: { status: 200, body: Task },
  access: { table: writeTable("PutItem") },
  record: deletedAt(taskRecord, "task_id"),
  run: ({ record, save, ...invoked }) => save(restoreRecord(taskRecord, record, invoked)),
});
