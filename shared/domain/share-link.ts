import * as z from "zod/mini";
import { id, timestamp } from "./schemas.ts";

/** A link under which an approved market analysis is read without an account. */
export const ShareLink = z.object({
  id,
  cma_id: id,
  url: z.string().check(
    z.meta({
      description: "The page; signed afresh each time and never stored",
      examples: ["https://api.example.com/v1/reports/AZw7XopAfRyfLktqjA0uTw"],
    }),
  ),
  expires_at: timestamp,
  created_at: timestamp,
  created_by: id,
  views: z.int().check(z.gte(0), z.describe("How often the page was read")),
  last_viewed_at: z.nullable(timestamp),
});
export type ShareLink = z.output<typeof ShareLink>;

/** What making a link takes. */
export const NewShareLink = z.strictObject({
  expires_in_days: z._default(z.int().check(z.gte(1), z.lte(90), z.describe("Days until it ends")), 14),
});
