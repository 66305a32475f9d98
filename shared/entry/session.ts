import { createLocalJWKSet, type JSONWebKeySet, errors as joseErrors, jwtVerify } from "jose";
import { jwksKey, policyIn, policyKey } from "../data/brokerages.ts";
import { aliveIn, recordKey } from "../data/record-item.ts";
import { type Session, sessionKey } from "../data/sessions.ts";
import type { Item, Key, TableReader } from "../data/table.ts";
import { type Caller, defaultGrants } from "../domain/access.ts";
import { Problem } from "../domain/problem.ts";
import { id } from "../domain/schemas.ts";
import { isLive } from "../domain/session.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";

/** How a session token is made and recognised; signing (`shared/identity/tokens.ts`) uses the same. */
export const tokenRules = {
  issuer: "gable",
  audience: "gable",
  typ: "session+jwt",
  algorithm: "EdDSA",
} as const;

/** The claims of a valid session token. */
export interface Claims {
  readonly brokerage_id: string;
  readonly user_id: string;
  readonly session_id: string;
}

interface SignedIn {
  readonly caller: Caller;
  readonly user: StoredUser;
  readonly cursorKey: string;
  /** The item at `also`, read in the same request. */
  readonly kept: Item | undefined;
}

let keys: { readonly find: ReturnType<typeof createLocalJWKSet>; readonly readAt: number } | undefined;

/** Milliseconds for which the public keys are cached: a withdrawn key is refused after that. */
const keysKeptFor = 60_000;

/** Reads the public signing keys into memory, as of `now`; also the warm-up read in INIT. */
export async function loadKeys(table: TableReader, now: Date): Promise<void> {
  const item = await table.get<Key & JSONWebKeySet>(jwksKey);
  keys = { find: createLocalJWKSet({ keys: item?.keys ?? [] }), readAt: now.getTime() };
}

/** Verifies `Authorization: Bearer <session token>`; anything else is 401. */
export async function verifyToken(
  authorization: string | undefined,
  table: TableReader,
  now: Date,
): Promise<Claims> {
  const [, token, signature] = /^Bearer ([\w-]+\.[\w-]+\.([\w-]+))$/i.exec(authorization ?? "") ?? [];
  // The last base64url character has unused bits: accept only the canonical spelling.
  if (!token || !signature || Buffer.from(signature, "base64url").toString("base64url") !== signature)
    throw unauthenticated("Send Authorization: Bearer <session_token>");
  const keysAge = () => now.getTime() - (keys?.readAt ?? 0);
  if (keysAge() >= keysKeptFor) await loadKeys(table, now);
  try {
    return await verify(token);
  } catch (error) {
    // The key may be newer than the last read: read the keys again, but not for every forged token.
    if (!(error instanceof joseErrors.JWKSNoMatchingKey) || keysAge() < 30_000) throw refuse(error);
    await loadKeys(table, now);
    return verify(token).catch((again) => {
      throw refuse(again);
    });
  }
}

async function verify(token: string): Promise<Claims> {
  const { payload, protectedHeader } = await jwtVerify(token, keys!.find, {
    algorithms: [tokenRules.algorithm],
    issuer: tokenRules.issuer,
    audience: tokenRules.audience,
    typ: tokenRules.typ,
    requiredClaims: ["sub", "sid", "bid", "iat", "exp"],
  });
  const ids = [payload.bid, payload.sub, payload.sid].map((claim) => id.safeParse(claim));
  const [brokerage, user, session] = ids.map((parsed) => parsed.data);
  if (typeof protectedHeader.kid !== "string" || !brokerage || !user || !session)
    throw unauthenticated("The session token is invalid");
  return { brokerage_id: brokerage, user_id: user, session_id: session };
}

function refuse(error: unknown): unknown {
  if (error instanceof joseErrors.JWTExpired)
    return unauthenticated("The session token has expired: refresh it");
  if (error instanceof joseErrors.JOSEError || error instanceof TypeError)
    return unauthenticated("The session token is invalid");
  return error;
}

function unauthenticated(detail: string): Problem {
  return new Problem("unauthenticated", detail, { headers: { "www-authenticate": "Bearer" } });
}

/**
 * Reads session, user and policy in one strongly consistent request, with the item under `also`: revocation and
 * role changes hold from the next request on.
 */
export async function signIn(claims: Claims, table: TableReader, now: Date, also?: Key): Promise<SignedIn> {
  const { brokerage_id, user_id, session_id } = claims;
  const [session, userItem, policyItem, kept] = (await table.getMany([
    sessionKey(brokerage_id, user_id, session_id),
    recordKey(brokerage_id, userRecord, user_id),
    policyKey(brokerage_id),
    ...(also ? [also] : []),
  ])) as [Session | undefined, Item | undefined, Item | undefined, Item | undefined];
  const [user, policy] = [aliveIn(userRecord, userItem), policyIn(policyItem)];
  if (!session || !user || !policy || !isLive(session, user, now))
    throw unauthenticated("The session has ended: sign in again");
  const caller: Caller = {
    brokerage_id,
    user_id,
    session_id,
    role: user.role,
    team_ids: user.team_ids,
    grants: [...defaultGrants[user.role], ...user.role_ids.flatMap((id) => policy.roles[id] ?? [])],
  };
  return { caller, user, cursorKey: policy.cursor_key, kept };
}
