import { createHmac, timingSafeEqual } from "node:crypto";
import { Problem } from "../domain/problem.ts";

/** Seals where a list stands into an opaque `next_cursor`, good with the same key and scope only. */
export function sealCursor(position: unknown, key: string, scope: string): string {
  const payload = Buffer.from(JSON.stringify(position)).toString("base64url");
  return `${payload}.${seal(payload, key, scope).toString("base64url")}`;
}

/** The position in a cursor; 400 `invalid_cursor` for one that this list did not answer. */
export function openCursor<Position>(cursor: string, key: string, scope: string): Position {
  const [payload = "", mac = "", ...rest] = cursor.split(".");
  const expected = seal(payload, key, scope);
  const given = Buffer.from(mac, "base64url");
  const genuine =
    rest.length === 0 && mac === given.toString("base64url") && given.length === expected.length;
  if (!genuine || !timingSafeEqual(given, expected)) throw new Problem("invalid_cursor");
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Position;
}

const seal = (payload: string, key: string, scope: string) =>
  createHmac("sha256", key).update(`${scope}\n${payload}`).digest();
