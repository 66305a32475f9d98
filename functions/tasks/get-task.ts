import { readTable } from "../../shared/data/table.ts";
import { readTask } from "../../shared/data/tasks.ts";
import { Task } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getTask = operation({
  id: "getTask",
  method: "GET",
  path: "/v1/tasks/{task_id}",
  permission: "task:read",
  summary: "Show a task",
  answer: { status: 200, body: Task },
  access: { table: readTable },
  record: (table, brokerageId, { task_id }) => readTask(table, brokerageId, task_id),
  async run({ record }) {
    return record;
  },
});
