import * as z from "zod/mini";
import { decryptCursor, encryptCursor } from "../../shared/data/cursor.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import type { Session } from "../../shared/data/sessions.ts";
import { type Item, queryTable } from "../../shared/data/table.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { isLive, UserSession } from "../../shared/domain/session.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listSessions = operation({
  id: "listSessions",
  method: "GET",
  path: "/v1/auth/sessions",
  permission: "session",
  summary: "List your live sessions, newest first",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(UserSession) },
  access: { table: queryTable },
  async run({ table, query, user, caller, cursorKey, now }) {
    const { pk } = recordKey(caller.brokerage_id, userRecord, caller.user_id);
    const scope = `sessions ${pk}`;
    const { items, last } = await table.query({
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :session)",
      ExpressionAttributeValues: { ":pk": pk, ":session": "session#" },
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: query.limit,
      ExclusiveStartKey: query.cursor ? decryptCursor<Item>(query.cursor, cursorKey, scope) : undefined,
    });
    const live = (items as unknown as Session[]).filter((session) => isLive(session, user, now));
    return {
      items: live.map((session) => ({ ...session, is_current: session.id === caller.session_id })),
      next_cursor: last ? encryptCursor(last, cursorKey, scope) : null,
    };
  },
});
