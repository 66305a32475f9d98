import type * as z from "zod/mini";
import type { Written } from "../domain/invocation.ts";
import type { Task as TaskSchema } from "../domain/task.ts";
import { isAlive, recordKey, type Stored } from "./records.ts";
import type { Item, TableReader, Write } from "./table.ts";

/** A task as stored. */
export type Task = Stored & z.output<typeof TaskSchema> & { readonly entity: "task" };

export const taskKey = (brokerageId: string, id: string) => recordKey(brokerageId, "task", id);

/** Reads a task; undefined where none stands. */
export async function readTask(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<Task | undefined> {
  const task = await table.get<Item & Task>(taskKey(brokerageId, id));
  return isAlive(task) ? { ...task, property_id: task.property_id ?? null } : undefined;
}

/** The item for a task; `summary` is what lists show. Without a property it is in no property's index. */
export function taskItem(task: Task): Item {
  const { pk, sk, entity, brokerage_id, written, ...summary } = task;
  return { ...task, property_id: task.property_id ?? undefined, summary };
}

/** Says how far a task's job is, whatever its owner wrote beside it; fails when the task is gone. */
export function moveTask(
  brokerageId: string,
  id: string,
  { status, progress }: Pick<Task, "status" | "progress">,
  now: Date,
  written: Written,
): Write {
  const { pk, sk } = taskKey(brokerageId, id);
  const moved = [
    "#status = :status",
    "progress = :progress",
    "updated_at = :now",
    "version = version + :one",
  ];
  return {
    Update: {
      Key: { pk, sk },
      UpdateExpression: `SET ${[...moved, ...moved.map((part) => part.replace(/^/, "summary."))].join(", ")}, written = :written`,
      ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(deleted_at)",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: {
        ":status": status,
        ":progress": progress,
        ":now": now.toISOString(),
        ":one": 1,
        ":written": written,
      },
    },
  };
}
