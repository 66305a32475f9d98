import { createHmac, timingSafeEqual } from "node:crypto";
import { importJWK, type JWK, SignJWT } from "jose";
import * as z from "zod/mini";
import type { SecretReader } from "../data/secret.ts";
import type { Session } from "../data/sessions.ts";
import { id } from "../domain/schemas.ts";
import { sessionTokenMinutes } from "../domain/session.ts";
import { tokenRules } from "../entry/session.ts";

/** What the secret `signing` holds, as JSON; made by infra/bootstrap.ts. */
export const SigningSecret = z.object({
  /** Private Ed25519 key (JWK) with its kid: signs session tokens. */
  session_key: z.looseObject({ kty: z.literal("OKP"), kid: z.string(), d: z.string() }),
  /** 32 bytes, base64url: seals refresh tokens and the marks of addresses. */
  refresh_key: z.string(),
});
export type SigningSecret = z.output<typeof SigningSecret>;

/** Reads the signing keys; throws before the bootstrap has made them. */
export const signingSecret = async (secret: SecretReader): Promise<SigningSecret> =>
  SigningSecret.parse(JSON.parse(await secret.read()));

const RefreshClaims = z.object({ brokerage: id, user: id, session: id, rotation: z.int() });

/** The claims of a valid refresh token. */
export type RefreshClaims = z.output<typeof RefreshClaims>;

/** The tokens of a session as it stands: a session token signed now, and the refresh token of its rotation. */
export async function issueTokens({ session_key, refresh_key }: SigningSecret, session: Session, now: Date) {
  const { brokerage_id, user_id, id, rotation } = session;
  const issued = Math.floor(now.getTime() / 1000);
  const expires_in = sessionTokenMinutes * 60;
  const session_token = await new SignJWT({ sid: id, bid: brokerage_id })
    .setProtectedHeader({ alg: tokenRules.algorithm, typ: tokenRules.typ, kid: session_key.kid })
    .setIssuer(tokenRules.issuer)
    .setAudience(tokenRules.audience)
    .setSubject(user_id)
    .setIssuedAt(issued)
    .setExpirationTime(issued + expires_in)
    .sign(await importJWK(session_key as JWK, tokenRules.algorithm));
  const claims: RefreshClaims = { brokerage: brokerage_id, user: user_id, session: id, rotation };
  const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
  const refresh_token = `${payload}.${seal(refresh_key, "refresh", payload)}`;
  return { session_token, refresh_token, token_type: "Bearer" as const, expires_in };
}

/** The claims of a refresh token; undefined for one that we did not sign. */
export function verifyRefreshToken(token: string, { refresh_key }: SigningSecret): RefreshClaims | undefined {
  const [payload = "", given = "", ...rest] = token.split(".");
  const [mac, expected] = [Buffer.from(given), Buffer.from(seal(refresh_key, "refresh", payload))];
  if (rest.length > 0 || mac.length !== expected.length || !timingSafeEqual(mac, expected)) return undefined;
  return RefreshClaims.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
}

/** A keyed hash that recognises an IP address that an account signed in from, without storing the address. */
export const addressHash = (address: string | null, email: string, { refresh_key }: SigningSecret): string =>
  seal(refresh_key, "address", `${email} ${address}`).slice(0, 22);

const seal = (key: string, purpose: string, text: string) =>
  createHmac("sha256", Buffer.from(key, "base64url")).update(`${purpose}\n${text}`).digest("base64url");
