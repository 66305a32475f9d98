import { generateKeyPairSync } from "node:crypto";
import { createLocalJWKSet, decodeProtectedHeader, type JWK, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import { withNewSigningKey } from "../../infra/bootstrap.ts";
import type { Session } from "../../shared/data/sessions.ts";
import {
  addressHash,
  issueTokens,
  type SigningSecret,
  verifyRefreshToken,
} from "../../shared/identity/tokens.ts";

const key = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }) as JWK;
const secret = {
  session_key: { ...key, kid: "k1" },
  refresh_key: Buffer.alloc(32, 7).toString("base64url"),
} as SigningSecret;
const session = {
  brokerage_id: "01900000-0000-7000-8000-000000000001",
  user_id: "01900000-0000-7000-8000-000000000002",
  id: "01900000-0000-7000-8000-000000000003",
  rotation: 4,
} as Session;

describe("session tokens", () => {
  test("say who, where and which session, for fifteen minutes, and verify with the public key", async () => {
    const now = new Date();
    const { session_token, expires_in } = await issueTokens(secret, session, now);
    const { d: _, ...open } = secret.session_key;
    const { payload } = await jwtVerify(session_token, createLocalJWKSet({ keys: [open as JWK] }));
    const iat = Math.floor(now.getTime() / 1000);
    expect(payload).toEqual({
      iss: "gable",
      aud: "gable",
      sub: session.user_id,
      bid: session.brokerage_id,
      sid: session.id,
      iat,
      exp: iat + 900,
    });
    expect(decodeProtectedHeader(session_token)).toEqual({ alg: "EdDSA", typ: "session+jwt", kid: "k1" });
    expect(expires_in).toBe(900);
  });
});

test("a new signing key has an id of its own, and refresh tokens stay valid", async () => {
  const replaced = await withNewSigningKey(secret);
  expect(replaced.session_key.kid).not.toBe(secret.session_key.kid);
  expect(replaced.session_key.d).not.toBe(secret.session_key.d);
  const { refresh_token } = await issueTokens(secret, session, new Date());
  expect(verifyRefreshToken(refresh_token, replaced)).toMatchObject({ session: session.id });
});

describe("refresh tokens", () => {
  test("open to what was sealed, and the same rotation is the same token", async () => {
    const { refresh_token } = await issueTokens(secret, session, new Date());
    expect(verifyRefreshToken(refresh_token, secret)).toEqual({
      brokerage: session.brokerage_id,
      user: session.user_id,
      session: session.id,
      rotation: 4,
    });
    const again = await issueTokens(secret, session, new Date(0));
    expect(again.refresh_token).toBe(refresh_token);
  });

  test("any other letter at any place is none of ours", async () => {
    const { refresh_token: token } = await issueTokens(secret, session, new Date());
    for (let at = 0; at < token.length; at++)
      for (const letter of ["A", "B", "-", ".", "="])
        if (token[at] !== letter)
          expect(
            verifyRefreshToken(token.slice(0, at) + letter + token.slice(at + 1), secret),
          ).toBeUndefined();
    for (const other of [
      "",
      ".",
      "..",
      `${token}.`,
      `${token}A`,
      token.slice(0, -1),
      `.${token.split(".")[1]}`,
    ])
      expect(verifyRefreshToken(other, secret)).toBeUndefined();
  });

  test("a seal of another deployment, or for another purpose, is none", async () => {
    const { refresh_token } = await issueTokens(secret, session, new Date());
    const other = { ...secret, refresh_key: Buffer.alloc(32, 8).toString("base64url") };
    expect(verifyRefreshToken(refresh_token, other)).toBeUndefined();
    const [payload = ""] = refresh_token.split(".");
    expect(
      verifyRefreshToken(`${payload}.${addressHash("1.1.1.1", payload, secret)}`, secret),
    ).toBeUndefined();
  });
});

test("an address's mark tells addresses and accounts apart and does not show them", () => {
  const mark = addressHash("203.0.113.9", "ada@example.com", secret);
  expect(mark).toMatch(/^[\w-]{22}$/);
  expect(addressHash("203.0.113.9", "ada@example.com", secret)).toBe(mark);
  expect(addressHash("203.0.113.8", "ada@example.com", secret)).not.toBe(mark);
  expect(addressHash("203.0.113.9", "bob@example.com", secret)).not.toBe(mark);
});
