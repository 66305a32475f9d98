import * as z from "zod/mini";
import { id, timestamp } from "./schemas.ts";
import { User } from "./user.ts";

/** Minutes that a session token is good for. */
export const sessionTokenMinutes = 15;
/** Days after its last use that a session ends, and days after which it ends whatever happens. */
const idleDays = 30;
const mostDays = 90;
/** Seconds in which a refresh token may be sent again, for callers whose answer was lost. */
const repeatSeconds = 10;

/** A sign-in on one device; tokens are not part of it. */
export const UserSession = z.object({
  id,
  user_id: id,
  ip_address: z.nullable(z.string()),
  user_agent: z.nullable(z.string()),
  created_at: timestamp,
  last_used: timestamp,
  expires_at: timestamp,
  is_active: z.boolean(),
  is_current: z.boolean().check(z.describe("Whether it is the session of this request")),
});

/** What signing in and refreshing answer. */
export const Tokens = z.object({
  session_token: z.string().check(z.describe("Send it as Authorization: Bearer <session_token>")),
  refresh_token: z.string().check(z.describe("Good for one refresh; the answer carries its successor")),
  token_type: z.literal("Bearer"),
  expires_in: z
    .int()
    .check(z.meta({ description: "Seconds that session_token is good for", examples: [900] })),
  user: User,
});

/** When a session that is used now ends unless it is used again. */
export function sessionEnd(created_at: string, now: Date): Date {
  const days = (from: number, count: number) => from + count * 86_400_000;
  return new Date(Math.min(days(now.getTime(), idleDays), days(Date.parse(created_at), mostDays)));
}

/** What decides whether a session is live: its stored fields, and the count of its user's passwords. */
export interface SessionState {
  readonly is_active: boolean;
  readonly expires_at: string;
  readonly password_version: number;
}

/** True while a session may be used: not ended, used within the days, and begun under the password of today. */
export function isLive(
  session: SessionState,
  user: { readonly is_active: boolean; readonly password_version: number },
  now: Date,
): boolean {
  return (
    session.is_active &&
    user.is_active &&
    session.expires_at > now.toISOString() &&
    session.password_version === user.password_version
  );
}

/**
 * Classifies a refresh token by its `rotation`. The session's current rotation is a `first` use. The one before,
 * within ten seconds, is a `repeat` that gets the same new token. An older one was used by someone else: `reused`, and
 * the session ends. A higher one than the session's was never issued: `unknown`.
 */
export function classifyRefresh(
  session: { readonly rotation: number; readonly rotated_at: string },
  rotation: number,
  now: Date,
): "first" | "repeat" | "reused" | "unknown" {
  if (rotation === session.rotation) return "first";
  if (rotation > session.rotation) return "unknown";
  const age = now.getTime() - Date.parse(session.rotated_at);
  return rotation === session.rotation - 1 && age <= repeatSeconds * 1000 ? "repeat" : "reused";
}
