import * as z from "zod/mini";
import { dashboardPolicy } from "../../shared/dashboard/policy.ts";
import { readerOf } from "../../shared/data/dashboard-links.ts";
import { queryTable } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { id } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getDashboard = operation({
  id: "getDashboard",
  method: "GET",
  path: "/v1/dashboards/{token}",
  permission: "public",
  summary: "Read a dashboard",
  description:
    "The page behind a link of `POST /v1/dashboard/links`: this week against last and what needs a person today, as whoever " +
    "made the link may read it at this moment. The answer is the same 404 for a link that is forged or expired, whose " +
    "session has ended, and for numbers that its reader may not read.",
  query: z.strictObject({
    user_id: z.optional(id.check(z.describe("The dashboard of one user"))),
    team_id: z.optional(id.check(z.describe("The dashboard of one team"))),
  }),
  answer: { status: 200, type: "text/html; charset=utf-8", policy: dashboardPolicy },
  problems: ["not_found"],
  // Drawing takes a whole CPU a moment.
  memory: 1769,
  access: { table: queryTable },
  async run({ table, params, query, now }) {
    const reader = await readerOf(table, params.token, now);
    if (!reader) throw new Problem("not_found");
    // Imported lazily: the chart library is large, and a link that opens nothing needs none of it.
    const [{ readDashboard }, { dashboardPage }] = await Promise.all([
      import("../../shared/dashboard/read-dashboard.ts"),
      import("../../shared/dashboard/page.ts"),
    ]);
    return dashboardPage(await readDashboard(table, reader, query, now));
  },
});
