import { createHmac, timingSafeEqual } from "node:crypto";

/** A kind of token. Each is signed with a key of its own, so that no token of one kind is a token of another. */
export interface TokenKind {
  readonly purpose: string;
  /** How many ids it names; the first is the brokerage's. */
  readonly ids: number;
  /** Whether it carries the moment until which it is good. */
  readonly expires?: true;
}

interface Named {
  readonly ids: readonly string[];
  /** Only of kinds that expire. */
  readonly until?: Date;
}

const idBytes = 16;
const momentBytes = 6;
const macBytes = 16;

/**
 * A token that names things by their ids: the ids, the moment it expires, and the first half of an HMAC-SHA256 over
 * them and `bound`, as base64url. `bound` is not in the token; when it changes, the token is worth nothing. The
 * signing key is derived from the brokerage's `cursorKey`, so that a cursor cannot be used as a token, nor a token as
 * a cursor.
 */
export function signIds(kind: TokenKind, { ids, until }: Named, cursorKey: string, bound = ""): string {
  const moment = Buffer.alloc(kind.expires ? momentBytes : 0);
  if (kind.expires) moment.writeUIntBE(until!.getTime(), 0, momentBytes);
  const name = Buffer.concat([Buffer.from(ids.join("").replaceAll("-", ""), "hex"), moment]);
  return Buffer.concat([name, macOf(kind, name, cursorKey, bound)]).toString("base64url");
}

/** What a token says, not verified yet: its brokerage's key can only be read once the brokerage is known. */
export interface UnverifiedToken {
  readonly ids: readonly string[];
  readonly until: Date | undefined;
  isSigned(cursorKey: string, bound?: string): boolean;
}

/** Reads a token; undefined for what does not have the form of its kind. */
export function readSignedIds(kind: TokenKind, token: string): UnverifiedToken | undefined {
  const bytes = Buffer.from(token, "base64url");
  const momentAt = kind.ids * idBytes;
  const macAt = momentAt + (kind.expires ? momentBytes : 0);
  // The last base64url character has unused bits: accept only the canonical spelling.
  if (bytes.length !== macAt + macBytes || bytes.toString("base64url") !== token) return undefined;
  const name = bytes.subarray(0, macAt);
  return {
    ids: Array.from({ length: kind.ids }, (_, at) => uuid(bytes.subarray(at * idBytes))),
    until: kind.expires ? new Date(bytes.readUIntBE(momentAt, momentBytes)) : undefined,
    isSigned: (cursorKey, bound = "") =>
      timingSafeEqual(bytes.subarray(macAt), macOf(kind, name, cursorKey, bound)),
  };
}

const uuid = (bytes: Buffer) =>
  bytes.toString("hex", 0, idBytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** The name has a fixed length in each kind, so what is bound to it begins at one place only. */
function macOf({ purpose }: TokenKind, name: Buffer, cursorKey: string, bound: string): Buffer {
  const key = createHmac("sha256", cursorKey).update(purpose).digest();
  return createHmac("sha256", key).update(name).update(bound).digest().subarray(0, macBytes);
}
