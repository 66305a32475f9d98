import type * as z from "zod/mini";
import type { User as UserSchema } from "../domain/user.ts";
import { recordKey, type Stored } from "./records.ts";

/** A user as stored. */
export type User = Stored &
  z.output<typeof UserSchema> & {
    readonly entity: "user";
    /** PHC string. */
    readonly password_hash: string;
    readonly team_ids: readonly string[];
  };

/** A session as stored. */
export interface Session {
  readonly pk: string;
  readonly sk: string;
  readonly id: string;
  readonly user_id: string;
  readonly brokerage_id: string;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
  /** Rotations so far: all that is stored of a refresh token. */
  readonly rotation: number;
  readonly rotated_at: string;
  readonly is_active: boolean;
  readonly created_at: string;
  readonly last_used: string;
  readonly expires_at: string;
  readonly ttl: number;
}

export const userKey = (brokerageId: string, userId: string) => recordKey(brokerageId, "user", userId);

/** A session stands beside its user. */
export const sessionKey = (brokerageId: string, userId: string, sessionId: string) => ({
  pk: userKey(brokerageId, userId).pk,
  sk: `session#${sessionId}`,
});

/** The answer kept for an Idempotency-Key stands beside the user who sent it. */
export const answerKey = (brokerageId: string, userId: string, operation: string, key: string) => ({
  pk: userKey(brokerageId, userId).pk,
  sk: `answer#${operation}#${key}`,
});
