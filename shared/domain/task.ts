import * as z from "zod/mini";
import { assignedTeam, type Owned, ownerFields } from "./ownership.ts";
import { Problem } from "./problem.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { id, instant, listQuery, moment, recordFields, text, timestamp, updatedSince } from "./schemas.ts";

export const taskStatuses = ["pending", "processing", "completed", "failed"] as const;
export const taskPriorities = ["low", "normal", "high", "urgent"] as const;
export const taskCategories = ["follow_up", "viewing", "paperwork", "marketing", "import", "other"] as const;

const progress = z.int().check(z.gte(0), z.lte(100), z.describe("Percent done"));

/** Something to be done, by a person or by a job; a job's task shows how far it is. */
export const Task = z.object({
  ...recordFields,
  ...ownerFields,
  title: z.string(),
  description: z.nullable(z.string()),
  status: z.enum(taskStatuses),
  priority: z.enum(taskPriorities),
  category: z.enum(taskCategories),
  due_date: z.nullable(timestamp),
  progress,
  property_id: z.nullable(id),
  client_id: z.nullable(id),
});
export type Task = z.output<typeof Task>;

const writable = z.strictObject({
  description: z.nullable(text(10_000)),
  status: z.enum(taskStatuses),
  priority: z.enum(taskPriorities),
  category: z.enum(taskCategories),
  due_date: z.nullable(moment("When it is to be done, in UTC")),
  progress,
  property_id: z.nullable(id.check(z.describe("The property it is about"))),
  owner_user_id: id.check(z.describe("Who is to do it; default: the caller")),
  team_id: assignedTeam,
});

/** What adding a task takes: a title; everything else may follow. */
export const NewTask = z.extend(z.partial(writable), { title: text(200) });
/** A merge patch of a task; null removes a description, a due date and a property. */
export const TaskPatch = z.extend(z.partial(writable), { title: z.optional(text(200)) });

const taskSorts = [
  "created_at",
  "-created_at",
  "updated_at",
  "-updated_at",
  "due_date",
  "-due_date",
] as const;

/** What the list of tasks takes. */
export const TaskQuery = z.strictObject({
  ...listQuery,
  owner_user_id: z.optional(id),
  status: z.optional(z.enum(taskStatuses)),
  priority: z.optional(z.enum(taskPriorities)),
  category: z.optional(z.enum(taskCategories)),
  due_before: z.optional(moment("Due before this moment")),
  property_id: z.optional(id),
  updated_since: updatedSince,
  sort: z.optional(z.enum(taskSorts).check(z.describe("Default -created_at; - means descending"))),
});
export type TaskQuery = z.output<typeof TaskQuery>;

/** A predicate for every filter in the query, with the filter's name. */
export function taskFilters(query: TaskQuery) {
  const { due_before, updated_since } = query;
  const equal = (["owner_user_id", "status", "priority", "category", "property_id"] as const).map((name) => ({
    name,
    holds: (task: Task) => task[name] === query[name],
  }));
  const since = updated_since && instant(updated_since);
  return [
    ...equal,
    {
      name: "due_before" as const,
      holds: ({ due_date }: Task) => due_date !== null && Date.parse(due_date) < Date.parse(due_before!),
    },
    { name: "updated_since" as const, holds: ({ updated_at }: Task) => updated_at >= since! },
  ].filter(({ name }) => query[name] !== undefined);
}

/** Tasks in the table: on their owner's desk, by state and due date, and beside what they are about. */
export const taskRecord = recordType({
  name: "task",
  schema: 1,
  guard: "task",
  fields: Task,
  listed: Task,
  internal: internalFields<{
    /** The job that the task shows: nobody but its worker moves status and progress. */
    readonly job?: "import" | "hand_over" | "export" | undefined;
  }>(),
  lists: ["brokerage", "changes", "owner", "desk"],
  states: taskStatuses,
  hoursDeleted: 30 * 24,
  indexAttributes: ({ status, due_date, property_id, client_id }) => ({
    state: status,
    rank: due_date === null ? null : Date.parse(due_date),
    property_id,
    client_id,
  }),
});
export type StoredTask = RecordOf<typeof taskRecord>;

/** A new task of an owner. */
export const newTask = (body: z.output<typeof NewTask>, owned: Owned) => ({
  status: "pending" as const,
  priority: "normal" as const,
  category: "other" as const,
  progress: body.status === "completed" ? 100 : 0,
  ...body,
  ...owned,
  ...(body.due_date ? { due_date: instant(body.due_date) } : {}),
});

/** What a patch changes of a task. Throws a conflict for what is a job's: its status and progress. */
export function changedTask(task: StoredTask, patch: z.output<typeof TaskPatch>): z.output<typeof TaskPatch> {
  const { status, progress, due_date } = patch;
  if (task.job && (status !== undefined || progress !== undefined))
    throw new Problem("invalid_transition", "The status and progress of this task are set by its job");
  const isDone = status === "completed" && progress === undefined;
  return {
    ...patch,
    ...(isDone ? { progress: 100 } : {}),
    ...(due_date ? { due_date: instant(due_date) } : {}),
  };
}

/** A task that shows a job's progress to who asked for it. */
export const jobTask = (job: NonNullable<StoredTask["job"]>, title: string, owned: Owned) =>
  ({
    ...owned,
    title,
    status: "pending",
    priority: "normal",
    category: job === "import" ? job : "other",
    progress: 0,
    job,
  }) as const;
