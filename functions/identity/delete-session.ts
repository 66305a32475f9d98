import { endSession, type Session, sessionKey } from "../../shared/data/sessions.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { isLive } from "../../shared/domain/session.ts";
import { operation } from "../../shared/entry/definition.ts";

export const deleteSession = operation({
  id: "deleteSession",
  method: "DELETE",
  path: "/v1/auth/sessions/{session_id}",
  permission: "session",
  summary: "End one of your sessions",
  answer: { status: 204 },
  access: { table: writeTable("UpdateItem") },
  async run({ params, table, user, caller, commit, now, written }) {
    const key = sessionKey(caller.brokerage_id, caller.user_id, params.session_id);
    const session = await table.get<Session>(key);
    if (!session || !isLive(session, user, now)) throw new Problem("not_found");
    return commit([endSession(key, written)], undefined);
  },
});
