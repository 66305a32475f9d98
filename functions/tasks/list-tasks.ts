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
    "An index answers: owner_user_id, status when sorted by due_date, due_before when sorted by due_date, updated_since " +
    "when sorted by updated_at, property_id when sorted by created_at. What it does not answer is filtered: a page then " +
    `examines at most ${examined} tasks, so it may be short, even empty, while next_cursor is set. Sorted by due_date, ` +
    "only tasks that have one are listed.",
  problems: ["narrow_the_list"],
  query: TaskQuery,
  answer: { status: 200, body: page(Task) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => taskPage(table, asked),
});
