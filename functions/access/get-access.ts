import * as z from "zod/mini";
import { explainAccess, recordAskedFor } from "../../shared/data/access.ts";
import { loadRecord } from "../../shared/data/records.ts";
import { readTable } from "../../shared/data/table.ts";
import { checkHeldForAll } from "../../shared/domain/access.ts";
import { AccessDecision, accessQuery } from "../../shared/domain/explain.ts";
import { id } from "../../shared/domain/schemas.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getAccess = operation({
  id: "getAccess",
  method: "GET",
  path: "/v1/access",
  permission: "session",
  summary: "Explain whether a user may do something with a record, and why",
  description:
    "About yourself without `user_id`; about others with `user:admin`. A record that you may not read is 404. " +
    "`media` are decided by their property.",
  query: z.strictObject({ ...accessQuery, user_id: z.optional(id) }),
  answer: { status: 200, body: AccessDecision },
  problems: ["forbidden", "not_found"],
  access: { table: readTable },
  async run({ table, query, caller, user: asker, roleGrants, now, problem }) {
    const { user_id = caller.user_id } = query;
    const isOther = user_id !== caller.user_id;
    if (isOther) checkHeldForAll(caller, "user:admin");
    const [record, user] = await Promise.all([
      recordAskedFor(table, caller, query, now),
      isOther ? loadRecord(table, userRecord, caller.brokerage_id, user_id) : asker,
    ]);
    if (!user) throw problem("not_found", "The brokerage has no user with this id");
    return explainAccess(table, user, roleGrants, query.permission, record, now);
  },
});
