import { type PersonCaller, scopeOf } from "../domain/access.ts";
import { callerOf } from "../domain/caller.ts";
import { isLive } from "../domain/session.ts";
import { userRecord } from "../domain/user.ts";
import { policyIn, policyKey } from "./brokerages.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { type Session, sessionKey } from "./sessions.ts";
import { readSignedIds, signIds, type TokenKind } from "./signed-ids.ts";
import type { TableReader } from "./table.ts";

/** Hours for which a link opens its dashboard, as long as its session lasts. */
export const hoursOpen = 12;

const dashboards: TokenKind = { purpose: "dashboards", ids: 3, expires: true };

/** The token in a link to a person's dashboard; nothing of it is stored. `cursorKey` is the brokerage's key. */
export const signDashboardToken = (
  { brokerage_id, user_id, session_id }: Pick<PersonCaller, "brokerage_id" | "user_id" | "session_id">,
  until: Date,
  cursorKey: string,
): string => signIds(dashboards, { ids: [brokerage_id, user_id, session_id], until }, cursorKey);

/** Who reads a dashboard, with what they hold at this moment. */
export interface Reader {
  readonly caller: PersonCaller;
  /** Key under which their brokerage's list cursors are sealed. */
  readonly cursorKey: string;
}

/**
 * Whose dashboard a token opens; undefined for one that we never issued, or that has expired, and once its session has
 * ended or its user may read no numbers any more. Reads session, user and policy as every request does: in one strongly
 * consistent request.
 */
export async function readerOf(table: TableReader, token: string, now: Date): Promise<Reader | undefined> {
  const read = readSignedIds(dashboards, token);
  if (!read || read.until! <= now) return undefined;
  const [brokerage_id, user_id, session_id] = read.ids as [string, string, string];
  const [session, userItem, policyItem] = await table.getMany([
    sessionKey(brokerage_id, user_id, session_id),
    recordKey(brokerage_id, userRecord, user_id),
    policyKey(brokerage_id),
  ]);
  const [user, policy] = [aliveIn(userRecord, userItem), policyIn(policyItem)];
  if (!policy || !read.isSigned(policy.cursor_key)) return undefined;
  if (!session || !user || !isLive(session as unknown as Session, user, now)) return undefined;
  const caller = { ...callerOf(user, policy.roles), session_id };
  if (scopeOf(caller, "analytics:read") === undefined) return undefined;
  return { caller, cursorKey: policy.cursor_key };
}
