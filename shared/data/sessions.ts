import type { Invocation, WriteStamp } from "../domain/invocation.ts";
import { sessionEnd } from "../domain/session.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { recordKey } from "./record-item.ts";
import { ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Key, StoredItem, UpdateWrite } from "./table.ts";

/** A session as stored. */
export interface Session extends Key {
  readonly id: string;
  readonly user_id: string;
  readonly brokerage_id: string;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  /** Rotations so far: all that is stored of a refresh token. */
  readonly rotation: number;
  readonly rotated_at: string;
  readonly is_active: boolean;
  /** The user's `password_version` under which it began. */
  readonly password_version: number;
  readonly created_at: string;
  readonly last_used: string;
  readonly expires_at: string;
  readonly written: WriteStamp;
  readonly ttl: number;
}

/** A session stands beside its user. */
export const sessionKey = (brokerageId: string, userId: string, sessionId: string): Key => ({
  pk: recordKey(brokerageId, userRecord, userId).pk,
  sk: `session#${sessionId}`,
});

/** A session that begins now. */
export function newSession(
  user: StoredUser,
  userAgent: string | null,
  { now, newId, written }: Pick<Invocation, "now" | "newId" | "written">,
): Session {
  const id = newId();
  const at = now.toISOString();
  return {
    ...sessionKey(user.brokerage_id, user.id, id),
    id,
    user_id: user.id,
    brokerage_id: user.brokerage_id,
    rotation: 0,
    rotated_at: at,
    is_active: true,
    password_version: user.password_version,
    created_at: at,
    ...used(userAgent, at, now, written),
  };
}

/** The item of a session that begins. */
export const sessionItem = (session: Session): StoredItem => withSchemaVersion("session", { ...session });

/** The session after its next rotation, and the conditional write that only one request can win. */
export function rotate(
  session: Session,
  userAgent: string | null,
  now: Date,
  written: WriteStamp,
): readonly [Session, UpdateWrite] {
  const next: Session = {
    ...session,
    rotation: session.rotation + 1,
    rotated_at: now.toISOString(),
    ...used(userAgent, session.created_at, now, written),
  };
  const { pk, sk, rotation, rotated_at, last_used, expires_at, ttl, ip_address, user_agent } = next;
  const changed = { rotation, rotated_at, last_used, expires_at, ttl, ip_address, user_agent, written };
  const names = Object.keys(changed);
  return [
    next,
    {
      Update: {
        Key: { pk, sk },
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(", ")}`,
        ConditionExpression: "#rotation = :before AND is_active = :yes",
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(Object.entries(changed).map(([name, value]) => [`:${name}`, value])),
          ":before": session.rotation,
          ":yes": true,
        },
      },
    },
  ];
}

/** Keeps a session valid after its user changed the password. */
export function carryOver(
  { brokerage_id, id, password_version }: StoredUser,
  sessionId: string,
): UpdateWrite {
  return {
    Update: {
      Key: sessionKey(brokerage_id, id, sessionId),
      UpdateExpression: "SET password_version = :version",
      ConditionExpression: "is_active = :yes",
      ExpressionAttributeValues: { ":version": password_version, ":yes": true },
    },
  };
}

/** Ends a session from the next request on. */
export function endSession({ pk, sk }: Key, written: WriteStamp): UpdateWrite {
  return {
    Update: {
      Key: { pk, sk },
      UpdateExpression: "SET is_active = :no, written = :written",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":no": false, ":written": written },
    },
    ifConditionFails: "not_found",
  };
}

function used(userAgent: string | null, createdAt: string, now: Date, written: WriteStamp) {
  const until = sessionEnd(createdAt, now);
  return {
    ip_address: written.ip,
    user_agent: userAgent,
    last_used: now.toISOString(),
    expires_at: until.toISOString(),
    ttl: ttl(until),
    written,
  };
}
