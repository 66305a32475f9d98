import { endSession, sessionKey } from "../../shared/data/sessions.ts";
import { writeTable } from "../../shared/data/table.ts";
import { operation } from "../../shared/entry/definition.ts";

export const logout = operation({
  id: "logout",
  method: "POST",
  path: "/v1/auth/logout",
  permission: "session",
  summary: "End the session of this request",
  answer: { status: 204 },
  access: { table: writeTable("UpdateItem") },
  async run({ caller, commit, written }) {
    const session = sessionKey(caller.brokerage_id, caller.user_id, caller.session_id);
    return commit([endSession(session, written)], undefined);
  },
});
