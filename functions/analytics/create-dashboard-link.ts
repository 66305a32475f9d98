import { hoursOpen, signDashboardToken } from "../../shared/data/dashboard-links.ts";
import { writeTable } from "../../shared/data/table.ts";
import { scopeOf } from "../../shared/domain/access.ts";
import { DashboardLink } from "../../shared/domain/analytics/dashboard-link.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createDashboardLink = operation({
  id: "createDashboardLink",
  method: "POST",
  path: "/v1/dashboard/links",
  permission: "session",
  summary: "Make a link to your dashboard",
  description:
    "For a browser, which cannot send a session token: whoever has the `url` reads the dashboard as you would, with what " +
    `you may read at that moment. It is good for ${hoursOpen} hours, and ends with your session: when you sign out, set a ` +
    "password or are deactivated. Needs analytics:read.",
  answer: { status: 201, body: DashboardLink },
  access: { table: writeTable("PutItem") },
  async run({ caller, now, commit, problem }) {
    if (scopeOf(caller, "analytics:read") === undefined)
      throw problem("forbidden", `Your role (${caller.role}) lacks analytics:read`);
    const { brokerage_id, user_id, session_id } = caller;
    const until = new Date(now.getTime() + hoursOpen * 3_600_000).toISOString();
    return commit([], { brokerage_id, user_id, session_id, expires_at: until });
  },
  async present({ expires_at, ...reader }, { cursorKey, origin }) {
    const token = signDashboardToken(reader, new Date(expires_at), cursorKey);
    return { url: `${origin}/v1/dashboards/${token}`, expires_at };
  },
});
