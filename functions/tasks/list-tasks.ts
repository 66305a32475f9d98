import { examined } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { taskPage } from "../../shared/data/tasks.ts";
import { page } from "../../shared/domain/schemas.ts";
import { Task, TaskQuery } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listTasks = operation({
  id: "listTasks",
  method: "GET",
  path: "/v1/tasks",
  permission: "task:read",
  summary: "List tasks",
  description:
    "Filters answered by an index: owner_user_id, status and due_before with sort due_date, updated_since with sort " +
    "updated_at, property_id with sort created_at. With any other filter a page examines at most " +
    `${examined} tasks, so it may be short, even empty, while next_cursor is set. Sort due_date lists only tasks ` +
    "with a due date.",
  problems: ["narrow_the_list"],
  query: TaskQuery,
  answer: { status: 200, body: page(Task) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => taskPage(table, asked),
});
