import { importJWK, type JWK, SignJWT } from "jose";
import * as z from "zod/mini";
import type { SecretReader } from "../data/secret.ts";
import { aiDeadline, aiMinutes } from "../domain/ai-deadline.ts";
import { type AssistantClaims, assistantTokenRules as rules } from "../entry/session.ts";

/** What the secret `assistant` holds, as JSON; made by infra/bootstrap.ts. */
export const AssistantSecret = z.object({
  /** Private Ed25519 key (JWK) with its kid: signs what an assistant calls the API with, and nothing else. */
  key: z.looseObject({ kty: z.literal("OKP"), kid: z.string(), d: z.string() }),
});
export type AssistantSecret = z.output<typeof AssistantSecret>;

/**
 * Makes the Authorization header of an AI request's assistant, good until the request ends at the latest. Throws before
 * the bootstrap has made the key.
 */
export async function assistantAuthorization(
  secret: SecretReader,
  { brokerage_id, user_id, ai_request_id, signed_in_by }: AssistantClaims,
  started_at: string,
): Promise<string> {
  const { key } = AssistantSecret.parse(JSON.parse(await secret.read()));
  const by =
    "session_id" in signed_in_by ? { sid: signed_in_by.session_id } : { key: signed_in_by.api_key_id };
  const issued = Math.floor(Date.parse(started_at) / 1000);
  const ends = aiDeadline({ started_at })?.getTime() ?? issued * 1000 + aiMinutes * 60_000;
  const token = await new SignJWT({ bid: brokerage_id, air: ai_request_id, act: "assistant", ...by })
    .setProtectedHeader({ alg: rules.algorithm, typ: rules.typ, kid: key.kid })
    .setIssuer(rules.issuer)
    .setAudience(rules.audience)
    .setSubject(user_id)
    .setIssuedAt(issued)
    .setExpirationTime(Math.ceil(ends / 1000))
    .sign(await importJWK(key as JWK, rules.algorithm));
  return `Bearer ${token}`;
}
