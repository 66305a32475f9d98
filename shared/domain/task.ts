import * as z from "zod/mini";
import { assignedTeam, type Owned, ownerFields } from "./ownership.ts";
import { invalidInput, Problem } from "./problem.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { id, instant, listQuery, moment, recordFields, text, timestamp, updatedSince } from "./schemas.ts";
import { searchTakesNoSort, searchText } from "./search-text.ts";

export const taskStatuses = ["pending", "processing", "completed", "failed"] as const;
export const taskPriorities = ["low", "normal", "high", "urgent"] as const;
type Status = (typeof taskStatuses)[number];
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
  client_id: z.nullable(id.check(z.describe("The client it is about"))),
  owner_user_id: id.check(z.describe("Who is to do it; default: the caller")),
  team_id: assignedTeam,
});

/** What adding a task takes: a title; everything else may follow. */
export const NewTask = z.extend(z.partial(writable), { title: text(200) });
/** A merge patch of a task; null removes a description, a due date, a property and a client. */
export const TaskPatch = z.extend(z.partial(writable), { title: z.optional(text(200)) });

const taskSorts = [
  "created_at",
  "-created_at",
  "updated_at",
  "-updated_at",
  "due_date",
  "-due_date",
] as const;

/** Whether there is nothing left to do. */
export const isFinished = ({ status }: { readonly status: Status }): boolean =>
  status === "completed" || status === "failed";

/** When its owner is to be reminded of it; undefined where it has no due date, is finished or shows a job. */
export const reminderAt = (task: StoredTask): string | undefined =>
  isFinished(task) || task.job ? undefined : (task.due_date ?? undefined);

/** What the list of tasks takes. */
export const TaskQuery = z
  .strictObject({
    ...listQuery,
    owner_user_id: z.optional(id),
    status: z.optional(z.enum(taskStatuses)),
    priority: z.optional(z.enum(taskPriorities)),
    category: z.optional(z.enum(taskCategories)),
    is_finished: z.optional(
      z
        .enum(["true", "false"])
        .check(z.describe("false: still to be done (pending, processing); true: completed or failed")),
    ),
    due_from: z.optional(moment("Due at this moment or later; sorts by due_date by default")),
    due_before: z.optional(moment("Due before this moment; sorts by due_date by default")),
    property_id: z.optional(id),
    client_id: z.optional(id),
    q: searchText("the title"),
    updated_since: updatedSince,
    sort: z.optional(
      z
        .enum(taskSorts)
        .check(
          z.describe(
            "Default due_date where due_from or due_before is given, else -created_at; - means descending",
          ),
        ),
    ),
  })
  .check(
    z.refine(
      ({ due_from, due_before }) =>
        due_from === undefined || due_before === undefined || Date.parse(due_from) < Date.parse(due_before),
      { path: ["due_before"], error: "must be after due_from" },
    ),
    searchTakesNoSort,
  );
export type TaskQuery = z.output<typeof TaskQuery>;

/** A predicate for every filter in the query, with the filter's name; `clients` are those whose tasks are asked for. */
export function taskFilters(query: TaskQuery, clients: readonly string[]) {
  const { is_finished, due_from, due_before, updated_since } = query;
  const equal = (["owner_user_id", "status", "priority", "category", "property_id"] as const).map((name) => ({
    name,
    holds: (task: Task) => task[name] === query[name],
  }));
  const since = updated_since && instant(updated_since);
  const isDue = (holds: (due: number) => boolean) => (task: Task) =>
    task.due_date !== null && holds(Date.parse(task.due_date));
  return [
    ...equal,
    { name: "client_id" as const, holds: ({ client_id }: Task) => clients.some((id) => id === client_id) },
    { name: "is_finished" as const, holds: (task: Task) => String(isFinished(task)) === is_finished },
    { name: "due_from" as const, holds: isDue((due) => due >= Date.parse(due_from!)) },
    { name: "due_before" as const, holds: isDue((due) => due < Date.parse(due_before!)) },
    { name: "updated_since" as const, holds: ({ updated_at }: Task) => updated_at >= since! },
  ].filter(({ name }) => query[name] !== undefined);
}

/** Words of a task's title that have entries. */
const wordsOfTitle = 8;

/** Tasks in the table: on their owner's desk, by state and due date, and beside what they are about. */
export const taskRecord = recordType({
  name: "task",
  schema: 2,
  guard: "task",
  fields: Task,
  listed: Task,
  internal: internalFields<{
    /** The job that the task shows: nobody but its worker moves status and progress. */
    readonly job?: "import" | "hand_over" | "export" | "erasure" | undefined;
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
  searched: ({ title }) => ({ texts: [title], most: wordsOfTitle }),
});
export type StoredTask = RecordOf<typeof taskRecord>;

/** A new task of an owner. */
export const newTask = (body: z.output<typeof NewTask>, owned: Owned) => ({
  status: "pending" as const,
  priority: "normal" as const,
  category: "other" as const,
  ...body,
  ...owned,
  progress: progressOf(body, undefined) ?? 0,
  ...(body.due_date ? { due_date: instant(body.due_date) } : {}),
});

/**
 * What a patch changes of a task. A finished one is reopened by a patch that names its status, and by nothing else.
 * Throws a conflict for what is a job's, its status and progress, and for the progress of a completed task.
 */
export function changedTask(task: StoredTask, patch: z.output<typeof TaskPatch>): z.output<typeof TaskPatch> {
  const { status, due_date } = patch;
  if (task.job && (status !== undefined || patch.progress !== undefined))
    throw new Problem("invalid_transition", "The status and progress of this task are set by its job");
  const progress = progressOf(patch, task);
  return {
    ...patch,
    ...(progress === undefined ? {} : { progress }),
    ...(due_date ? { due_date: instant(due_date) } : {}),
  };
}

/** The progress that a body gives a task; undefined where it stays. A completed task has 100, and no other does so by itself. */
function progressOf(
  { status, progress }: { readonly status?: Status | undefined; readonly progress?: number | undefined },
  before: StoredTask | undefined,
): number | undefined {
  if (status === "completed") {
    if (progress !== undefined && progress !== 100)
      throw invalidInput("/progress", "must be 100 where status is completed");
    return 100;
  }
  if (before?.status !== "completed") return progress;
  if (status !== undefined) return progress ?? 0;
  if (progress !== undefined && progress !== 100)
    throw new Problem(
      "invalid_transition",
      "A completed task has progress 100: to reopen it, change its status",
    );
  return undefined;
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
