import {
  createLocalJWKSet,
  decodeProtectedHeader,
  type JSONWebKeySet,
  errors as joseErrors,
  jwtVerify,
} from "jose";
import { type ApiKeyName, apiKeyItemKey, checkLimit, isOfHash, readApiKey, useOf } from "../data/api-keys.ts";
import { aiRequestKey, isRunningFor, type SignedInBy } from "../data/assistants.ts";
import { jwksKey, policyIn, policyKey } from "../data/brokerages.ts";
import { aliveIn, recordKey } from "../data/record-item.ts";
import { type Session, sessionKey } from "../data/sessions.ts";
import { ConditionFailed, type Item, type Key, type TableReader, type TableWriter } from "../data/table.ts";
import type { Caller } from "../domain/access.ts";
import { apiKeyRecord, grantsOf, isLiveKey } from "../domain/api-key.ts";
import { callerOf, keyCaller, type RoleGrants } from "../domain/caller.ts";
import type { Invocation } from "../domain/invocation.ts";
import { Problem } from "../domain/problem.ts";
import { id } from "../domain/schemas.ts";
import { isLive } from "../domain/session.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { errorFields, log } from "./log.ts";

/** How a session token is made and recognised; signing (`shared/identity/tokens.ts`) uses the same. */
export const tokenRules = {
  issuer: "gable",
  audience: "gable",
  typ: "session+jwt",
  algorithm: "EdDSA",
} as const;

/** The same of a token with which an assistant asks for a user: its keys are others, so neither passes for the other. */
export const assistantTokenRules = { ...tokenRules, typ: "assistant+jwt" } as const;

/** The claims of a valid session token. */
export interface SessionClaims {
  readonly brokerage_id: string;
  readonly user_id: string;
  readonly session_id: string;
}

/** The claims of an assistant's token: for whom it asks, signed in by which session or key, and in which AI request. */
export interface AssistantClaims {
  readonly brokerage_id: string;
  readonly user_id: string;
  readonly ai_request_id: string;
  readonly signed_in_by: SignedInBy;
}

/** What an API key says of itself. Only its hash in the table tells whether it is true. */
interface KeyClaims extends ApiKeyName {
  readonly key: string;
}

export type Claims = SessionClaims | KeyClaims | AssistantClaims;

/** The id of the API key in an Authorization header, for logs: it may be revoked or forged. */
export const apiKeyIn = (authorization: string | undefined): string | undefined =>
  readApiKey(keyOf(authorization) ?? "")?.api_key_id;

const keyOf = (authorization: string | undefined): string | undefined =>
  /^Bearer (gable_[\w-]+)$/i.exec(authorization ?? "")?.[1];

/** The API key that a caller claims to be, or that their assistant does; undefined for a session. */
export function keyIdIn(claims: Claims | undefined): string | undefined {
  const named = claims && "signed_in_by" in claims ? claims.signed_in_by : claims;
  return named && "api_key_id" in named ? named.api_key_id : undefined;
}

interface SignedIn {
  readonly caller: Caller;
  readonly user: StoredUser;
  readonly roleGrants: RoleGrants;
  readonly cursorKey: string;
  /** The item at `also`, read in the same request. */
  readonly kept: Item | undefined;
}

type Find = ReturnType<typeof createLocalJWKSet>;
let keys: { readonly find: Find; readonly findAssistant: Find; readonly readAt: number } | undefined;

/** Milliseconds for which the public keys are cached: a withdrawn key is refused after that. */
const keysKeptFor = 60_000;

/** Reads the public signing keys into memory, as of `now`; also the warm-up read in INIT. */
export async function loadKeys(table: TableReader, now: Date): Promise<void> {
  const item = await table.get<Key & JSONWebKeySet & { readonly assistant_keys?: JSONWebKeySet["keys"] }>(
    jwksKey,
  );
  keys = {
    find: createLocalJWKSet({ keys: item?.keys ?? [] }),
    findAssistant: createLocalJWKSet({ keys: item?.assistant_keys ?? [] }),
    readAt: now.getTime(),
  };
}

/** Verifies `Authorization: Bearer <session token or API key>`; anything else is 401. */
export async function verifyToken(
  authorization: string | undefined,
  table: TableReader,
  now: Date,
): Promise<Claims> {
  const key = keyOf(authorization);
  if (key !== undefined) {
    const named = readApiKey(key);
    if (!named) throw unauthenticated("The API key is mistyped or cut off");
    return { ...named, key };
  }
  const [, token, signature] = /^Bearer ([\w-]+\.[\w-]+\.([\w-]+))$/i.exec(authorization ?? "") ?? [];
  // The last base64url character has unused bits: accept only the canonical spelling.
  if (!token || !signature || Buffer.from(signature, "base64url").toString("base64url") !== signature)
    throw unauthenticated("Send Authorization: Bearer <session_token or API key>");
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

async function verify(token: string): Promise<SessionClaims | AssistantClaims> {
  const isAssistant = decodeProtectedHeader(token).typ === assistantTokenRules.typ;
  const { algorithm, issuer, audience, typ } = isAssistant ? assistantTokenRules : tokenRules;
  const { payload, protectedHeader } = await jwtVerify(
    token,
    isAssistant ? keys!.findAssistant : keys!.find,
    {
      ...{ algorithms: [algorithm], issuer, audience, typ },
      requiredClaims: ["sub", "bid", "iat", "exp"],
    },
  );
  const { bid, sub, sid, key, air } = payload;
  const [brokerage_id, user_id, session_id, api_key_id, ai_request_id] = [bid, sub, sid, key, air].map(
    (claim) => id.safeParse(claim).data,
  );
  const invalid = () => unauthenticated("The session token is invalid");
  if (typeof protectedHeader.kid !== "string" || !brokerage_id || !user_id) throw invalid();
  if (!isAssistant) {
    if (!session_id) throw invalid();
    return { brokerage_id, user_id, session_id };
  }
  const signed_in_by = session_id ? { session_id } : api_key_id && { api_key_id };
  if (!ai_request_id || !signed_in_by) throw invalid();
  return { brokerage_id, user_id, ai_request_id, signed_in_by };
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
 * Reads session or API key, user and policy in one strongly consistent request, with the item under `also`, or for an
 * assistant its AI request: revocation and role changes hold from the next request on. Throws 401, and 429 for a key
 * beyond its limit.
 */
export async function signIn(
  claims: Claims,
  table: TableWriter,
  { now, written }: Pick<Invocation, "now" | "written">,
  also?: Key,
): Promise<SignedIn> {
  const { brokerage_id, user_id } = claims;
  const assistant = "signed_in_by" in claims ? claims : undefined;
  const signedInBy = assistant?.signed_in_by ?? (claims as SignedInBy);
  const fourth = assistant ? aiRequestKey(brokerage_id, assistant.ai_request_id) : also;
  const [by, userItem, policyItem, kept] = (await table.getMany([
    "api_key_id" in signedInBy
      ? apiKeyItemKey({ brokerage_id, api_key_id: signedInBy.api_key_id })
      : sessionKey(brokerage_id, user_id, signedInBy.session_id),
    recordKey(brokerage_id, userRecord, user_id),
    policyKey(brokerage_id),
    ...(fourth ? [fourth] : []),
  ])) as (Item | undefined)[];
  const [user, policy] = [aliveIn(userRecord, userItem), policyIn(policyItem)];
  if (assistant && !isRunningFor(kept, assistant, now))
    throw unauthenticated("The request to the assistant has ended");
  const as = (caller: Caller): SignedIn => ({
    caller: assistant ? { ...caller, ai_request_id: assistant.ai_request_id } : caller,
    ...{ user: user!, roleGrants: policy!.roles, cursorKey: policy!.cursor_key },
    kept: assistant ? undefined : kept,
  });
  if ("api_key_id" in signedInBy) {
    const key = aliveIn(apiKeyRecord, by);
    const isIt = key && (assistant || isOfHash((claims as KeyClaims).key, key.hash));
    if (!isIt || !user || !policy || !isLiveKey(key, user, now))
      throw unauthenticated("The API key was revoked, has expired or is unknown");
    checkLimit(by!, now);
    await noteUse(table, by!, now, written.operation_id);
    return as(keyCaller(callerOf(user, policy.roles), { id: key.id, grants: grantsOf(key) }));
  }
  if (!by || !user || !policy || !isLive(by as unknown as Session, user, now))
    throw unauthenticated("The session has ended: sign in again");
  return as({ ...callerOf(user, policy.roles), session_id: signedInBy.session_id });
}

/** Notes that a key was used. A request does not fail for that. */
async function noteUse(table: TableWriter, key: Item, now: Date, id: string): Promise<void> {
  const write = useOf(key, { now, id });
  if (!write) return;
  try {
    await table.commit([write]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) log("key_use_not_noted", errorFields(error));
  }
}
