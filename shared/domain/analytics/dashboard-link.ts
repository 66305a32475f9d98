import * as z from "zod/mini";
import { timestamp } from "../schemas.ts";

/** A link under which a person's browser reads their dashboard. */
export const DashboardLink = z.object({
  url: z.string().check(
    z.meta({
      description: "The page; signed and never stored",
      examples: ["https://api.example.com/v1/dashboards/KXK7BE2W3yhxugNMld4ncLkCS5TdJm-4AUqT3CVutwBJktsk"],
    }),
  ),
  expires_at: timestamp.check(z.describe("When it opens nothing any more; before, if its session ends")),
});
