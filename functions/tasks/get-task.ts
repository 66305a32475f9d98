import { readTable } from "../../shared/data/table.ts";
import { Task, taskRecord } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getTask = operation({
  id: "getTask",
  method: "GET",
  path: "/v1/tasks/{task_id}",
  permission: "task:read",
  summary: "Show a task",
  assistant: "calls",
  answer: { status: 200, body: Task },
  access: { table: readTable },
  record: recordAt(taskRecord, "task_id"),
  async run({ record }) {
    return record;
  },
});
