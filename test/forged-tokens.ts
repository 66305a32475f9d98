import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import type { JWK } from "jose";
import type { SigningSecret } from "../shared/identity/tokens.ts";

type Json = Readonly<Record<string, unknown>>;
type Sign = (input: string) => Buffer;

const base64url = (value: Json | string) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const token = (header: Json, claims: Json | string, signature: Sign): string => {
  const input = `${base64url(header)}.${base64url(claims)}`;
  return `${input}.${signature(input).toString("base64url")}`;
};

const unsigned: Sign = () => Buffer.alloc(0);
const eddsa =
  (key: KeyObject): Sign =>
  (input) =>
    sign(null, Buffer.from(input), key);
const hmac =
  (hash: string, secret: string | Buffer): Sign =>
  (input) =>
    createHmac(hash, secret).update(input).digest();

/**
 * Bar 10: forged tokens by kind, all made from one genuine token. Some are made by someone with nothing but the
 * genuine token and the public key, the rest are signed with the real key and say what no token of ours says.
 */
export function forgedTokens(
  genuine: string,
  refreshToken: string,
  { session_key }: SigningSecret,
): Readonly<Record<string, string>> {
  const [header = "", payload = "", signature = ""] = genuine.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Json;
  const ours = { alg: "EdDSA", typ: "session+jwt", kid: session_key.kid };
  const real = eddsa(createPrivateKey({ key: session_key as JWK, format: "jwk" }));
  const open = createPublicKey({ key: session_key as JWK, format: "jwk" });
  const openJwk = open.export({ format: "jwk" });
  const pem = open.export({ format: "pem", type: "spki" });
  const attacker = generateKeyPairSync("ed25519");
  const attackerJwk = attacker.publicKey.export({ format: "jwk" });
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const forged = eddsa(attacker.privateKey);
  const without = (name: string) =>
    Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
  const none = (alg: string) => token({ ...ours, alg }, claims, unsigned);
  const now = Math.floor(Date.now() / 1000);
  const signed = (said: Json | string, head: Json = ours) => token(head, said, real);
  const otherId = "01900000-0000-7000-8000-000000000000";

  return {
    "alg none": none("none"),
    "alg None": none("None"),
    "alg NONE": none("NONE"),
    "alg nOnE": none("nOnE"),
    "alg none, signature kept": `${base64url({ ...ours, alg: "none" })}.${payload}.${signature}`,
    "alg absent": token({ typ: ours.typ, kid: ours.kid }, claims, real),
    "HS256 with the public key's x": token(
      { ...ours, alg: "HS256" },
      claims,
      hmac("sha256", Buffer.from(openJwk.x!, "base64url")),
    ),
    "HS256 with the public JWK": token(
      { ...ours, alg: "HS256" },
      claims,
      hmac("sha256", JSON.stringify(openJwk)),
    ),
    "HS256 with the public PEM": token({ ...ours, alg: "HS256" }, claims, hmac("sha256", pem)),
    "HS256 with an empty secret": token({ ...ours, alg: "HS256" }, claims, hmac("sha256", "")),
    "HS512 with the public PEM": token({ ...ours, alg: "HS512" }, claims, hmac("sha512", pem)),
    "RS256 with another key": token({ ...ours, alg: "RS256" }, claims, (input) =>
      sign("sha256", Buffer.from(input), rsa),
    ),
    "ES256 with another key": token({ ...ours, alg: "ES256" }, claims, (input) =>
      sign("sha256", Buffer.from(input), { key: ec, dsaEncoding: "ieee-p1363" }),
    ),
    "another Ed25519 key under our kid": token(ours, claims, forged),
    "another Ed25519 key under its own kid": token({ ...ours, kid: "attacker" }, claims, forged),
    "another key in the header (jwk)": token({ ...ours, jwk: attackerJwk }, claims, forged),
    "another key by URL (jku)": token({ ...ours, jku: "https://attacker.example/jwks.json" }, claims, forged),
    "another key by certificate (x5u)": token(
      { ...ours, x5u: "https://attacker.example/cert" },
      claims,
      forged,
    ),
    "kid of a file": token({ ...ours, alg: "HS256", kid: "../../../dev/null" }, claims, hmac("sha256", "")),
    "signature cut off": `${header}.${payload}.`,
    "signature left out": `${header}.${payload}`,
    "signature of another token": `${base64url(ours)}.${base64url({ ...claims, sub: otherId })}.${signature}`,
    "signature of zeros": token(ours, claims, () => Buffer.alloc(64)),
    "signature spelt otherwise": respell(genuine),
    "a refresh token": refreshToken,
    "an encrypted token's five parts": `${header}..${payload}.${signature}.${signature}`,
    "a critical extension": signed(claims, { ...ours, crit: ["exp-ext"], "exp-ext": 1 }),
    "an unencoded payload (b64)": signed(claims, { ...ours, crit: ["b64"], b64: false }),
    "claims that are no JSON": signed("not json"),
    expired: signed({ ...claims, iat: now - 1000, exp: now - 1 }),
    "not yet valid": signed({ ...claims, nbf: now + 1000 }),
    "expiry as text": signed({ ...claims, exp: String(now + 900) }),
    "no expiry": signed(without("exp")),
    "no time of issue": signed(without("iat")),
    "another issuer": signed({ ...claims, iss: "gable.example" }),
    "no issuer": signed(without("iss")),
    "another audience": signed({ ...claims, aud: "another" }),
    "no audience": signed(without("aud")),
    "another type": signed(claims, { ...ours, typ: "JWT" }),
    "no key id": signed(claims, { alg: ours.alg, typ: ours.typ }),
    "no session": signed(without("sid")),
    "a session of another brokerage": signed({ ...claims, bid: otherId }),
  };
}

/** The same signature bytes with other spare bits in the last letter. */
function respell(genuine: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return genuine.slice(0, -1) + alphabet[alphabet.indexOf(genuine.at(-1)!) ^ 1];
}

/** `count` tokens that differ from the genuine one in one to three letters, or in length; the same for a seed. */
export function mutatedTokens(genuine: string, count: number, seed = 1): string[] {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=~ ";
  let state = seed;
  // A small linear congruence (Numerical Recipes): a failure must be found again.
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const mutate = (text: string): string => {
    const at = random(text.length);
    const letter = letters[random(letters.length)]!;
    const edits = [
      text.slice(0, at) + letter + text.slice(at + 1),
      text.slice(0, at) + letter + text.slice(at),
      text.slice(0, at) + text.slice(at + 1),
      text.slice(0, at) + text.slice(random(text.length)),
    ];
    return edits[Math.min(random(9) >> 1, 3)]!;
  };
  const mutated = new Set<string>();
  while (mutated.size < count) {
    let text = genuine;
    for (let edits = 1 + random(3); edits > 0; edits--) text = mutate(text || genuine);
    // White space around a header's value is not part of it.
    if (text.trim() !== genuine && text.trim() === text) mutated.add(text);
  }
  return [...mutated];
}
