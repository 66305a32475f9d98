import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { Problem } from "../domain/problem.ts";

const algorithm = "aes-256-gcm";
const [nonceBytes, tagBytes] = [12, 16];
/** Positions are filled up to a multiple of so many bytes: a cursor's length does not tell a price's. */
const block = 64;

/**
 * Encrypts a position in a list into an opaque `next_cursor`, valid with the same key and scope only. Each is another one,
 * but for a `stable` list: there the same position has the same cursor, so that its pages have an ETag.
 */
export function encryptCursor(
  position: unknown,
  key: string,
  scope: string,
  { stable = false }: { readonly stable?: boolean } = {},
): string {
  const text = Buffer.from(JSON.stringify(position));
  const filled = Buffer.alloc(Math.ceil(text.length / block) * block, " ");
  text.copy(filled);
  // Made of all that is encrypted, so no two texts share a nonce.
  const nonce = stable ? nonceOf(filled, key, scope) : randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, cursorKey(key), nonce).setAAD(Buffer.from(scope));
  return Buffer.concat([nonce, cipher.update(filled), cipher.final(), cipher.getAuthTag()]).toString(
    "base64url",
  );
}

/** The position in a cursor; 400 `invalid_cursor` for one that is not from this list. */
export function decryptCursor<Position>(cursor: string, key: string, scope: string): Position {
  const bytes = Buffer.from(cursor, "base64url");
  // The last base64url character has unused bits: accept only the canonical spelling.
  if (bytes.length < nonceBytes + tagBytes || bytes.toString("base64url") !== cursor)
    throw new Problem("invalid_cursor");
  const decipher = createDecipheriv(algorithm, cursorKey(key), bytes.subarray(0, nonceBytes))
    .setAAD(Buffer.from(scope))
    .setAuthTag(bytes.subarray(-tagBytes));
  try {
    const text = [decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()];
    return JSON.parse(Buffer.concat(text).toString()) as Position;
  } catch {
    throw new Problem("invalid_cursor");
  }
}

const nonceOf = (text: Buffer, key: string, scope: string) =>
  createHmac("sha256", Buffer.from(hkdfSync("sha256", key, "", "list cursors' nonces", 32)))
    .update(JSON.stringify(scope))
    .update(text)
    .digest()
    .subarray(0, nonceBytes);

/** The encryption key of cursors: derived from the brokerage's key for this purpose only. */
const cursorKey = (key: string) => new Uint8Array(hkdfSync("sha256", key, "", "list cursors", 32));
