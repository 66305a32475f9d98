import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify(argon2);

/** What one hash costs: KiB of memory, passes over it, lanes. Raise them, and every hash is raised at its owner's next sign-in. */
const cost = { m: 65_536, t: 3, p: 1 } as const;
type Cost = { readonly [K in keyof typeof cost]: number };

/** Megabytes for the functions that hash: Lambda gives CPU by memory. */
export const hashingMemory = 1024;

/** Hashes a password with argon2id (RFC 9106) as a PHC string, salt included. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return phc(salt, await argon2id(password, salt, 32, cost));
}

/**
 * Compares a password with its hash. Without a hash (nobody has that email) it works as long and answers `right:
 * false`. `outdated` says that the hash was made at another cost than today's.
 */
export async function verifyPassword(
  password: string,
  hash: string = nobodysHash,
): Promise<{ readonly right: boolean; readonly outdated: boolean }> {
  const { salt, tag, ...made } = readPhc(hash);
  const derived = await argon2id(password, salt, tag.length, made);
  return {
    right: timingSafeEqual(derived, tag),
    outdated: made.m !== cost.m || made.t !== cost.t || made.p !== cost.p,
  };
}

/** The same letters typed on two keyboards are the same password: NFKC, as NIST SP 800-63B advises. */
const argon2id = (password: string, salt: Uint8Array, tagLength: number, { m, t, p }: Cost) =>
  derive("argon2id", {
    message: password.normalize("NFKC"),
    nonce: salt,
    memory: m,
    passes: t,
    parallelism: p,
    tagLength,
  });

const unpadded = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

const phc = (salt: Uint8Array, tag: Uint8Array) =>
  `$argon2id$v=19$m=${cost.m},t=${cost.t},p=${cost.p}$${unpadded(salt)}$${unpadded(tag)}`;

/** The hash for unknown emails: no password matches it. */
const nobodysHash = phc(new Uint8Array(16), new Uint8Array(32));

function readPhc(hash: string): Cost & { readonly salt: Buffer; readonly tag: Buffer } {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash);
  if (!parts) throw new Error("A stored password hash is no argon2id PHC string");
  const [, m, t, p, salt = "", tag = ""] = parts;
  return {
    m: Number(m),
    t: Number(t),
    p: Number(p),
    salt: Buffer.from(salt, "base64"),
    tag: Buffer.from(tag, "base64"),
  };
}
