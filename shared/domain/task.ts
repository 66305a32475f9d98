import * as z from "zod/mini";
import { id, recordFields, timestamp } from "./schemas.ts";

export const taskStatuses = ["pending", "processing", "completed", "failed"] as const;
export const taskPriorities = ["low", "normal", "high", "urgent"] as const;
export const taskCategories = ["follow_up", "viewing", "paperwork", "marketing", "import", "other"] as const;

/** Something to be done, by a person or by a job; a job's task shows how far it is. */
export const Task = z.object({
  ...recordFields,
  owner_user_id: id,
  title: z.string(),
  description: z.nullable(z.string()),
  status: z.enum(taskStatuses),
  priority: z.enum(taskPriorities),
  category: z.enum(taskCategories),
  due_date: z.nullable(timestamp),
  progress: z.int().check(z.gte(0), z.lte(100), z.describe("Percent done")),
  property_id: z.nullable(id),
  client_id: z.nullable(id),
});
