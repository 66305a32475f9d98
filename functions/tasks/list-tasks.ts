import { examined } from "../../shared/data/list.ts";
import { aboutSearch } from "../../shared/data/search.ts";
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
    "Filters answered by an index: owner_user_id, status, is_finished, due_from and due_before with sort due_date " +
    "(their default sort), updated_since with sort updated_at, property_id or client_id with sort created_at. So what " +
    "is overdue is is_finished=false and due_before now, what is due this week is due_from and due_before, both with " +
    "owner_user_id for one person's. With any other filter a page examines at most " +
    `${examined} tasks, so it may be short, even empty, while next_cursor is set. Sort due_date lists only tasks ` +
    "with a due date. " +
    aboutSearch("tasks"),
  problems: ["narrow_the_list"],
  query: TaskQuery,
  assistant: "calls",
  answer: { status: 200, body: page(Task) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => taskPage(table, asked),
});
