import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decryptCursor, encryptCursor } from "../../shared/data/cursor.ts";
import { Problem } from "../../shared/domain/problem.ts";

const [key, scope] = ["the brokerage's key", "the list"];
const position = { price: 719_350, id: "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f", city: "Zürich" };

test("a cursor opens to the position that was sealed", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (position) => {
      const same = JSON.parse(JSON.stringify(position));
      expect(decryptCursor(encryptCursor(position, key, scope), key, scope)).toEqual(same);
    }),
  );
});

const refused = (cursor: string, ...seal: [string, string]) => {
  expect(() => decryptCursor(cursor, ...seal)).toThrow(expect.objectContaining({ code: "invalid_cursor" }));
};

test("no other key, scope or string opens", () => {
  const cursor = encryptCursor({ id: "1" }, key, scope);
  refused(cursor, "another brokerage's key", scope);
  refused(cursor, key, "another list");
  fc.assert(fc.property(fc.string(), (text) => refused(text, key, scope)));
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => refused(Buffer.from(bytes).toString("base64url"), key, scope)),
  );
  for (const wrong of ["", `${cursor}.`, `${cursor}=`, `${cursor}A`, cursor.slice(1), cursor.slice(0, -4)])
    refused(wrong, key, scope);
});

test("no cursor with one character changed opens", () => {
  const cursor = encryptCursor({ created_at: "2026-01-01T00:00:00.000Z", id: "1" }, key, scope);
  for (let at = 0; at < cursor.length; at++)
    for (const letter of ["A", "B", "-", "=", " "])
      if (cursor[at] !== letter) refused(cursor.slice(0, at) + letter + cursor.slice(at + 1), key, scope);
});

/** What can be read of a position in a cursor, as it is or in one of the encodings that a reader would try. */
function readIn(cursor: string): string[] {
  const decoded = cursor
    .split(".")
    .flatMap((part) => (["base64url", "hex"] as const).map((encoding) => Buffer.from(part, encoding)));
  const texts = [cursor, ...decoded.flatMap((bytes) => [bytes.toString(), bytes.toString("latin1")])];
  const raw = Buffer.from(position.id.replaceAll("-", ""), "hex").toString("latin1");
  const told = [...Object.keys(position), ...Object.values(position).map(String), raw];
  return told.filter((one) => texts.some((text) => text.includes(one)));
}

test("nothing of the position can be read from a cursor, nor whether two are the same", () => {
  const cursors = Array.from({ length: 50 }, () => encryptCursor(position, key, scope));
  // A name as short as "id" turns up in random bytes.
  for (const cursor of cursors) expect(readIn(cursor).filter((one) => one.length > 3)).toEqual([]);
  expect(new Set(cursors).size).toBe(cursors.length);
  const dearer = { ...position, price: 12_719_350 };
  expect(encryptCursor(dearer, key, scope)).toHaveLength(cursors[0]!.length);
});

test("of a stable list, the same position has the same cursor, and any other another", () => {
  const at = (one: unknown, ...seal: [string, string]) => encryptCursor(one, ...seal, { stable: true });
  const cursor = at(position, key, scope);
  expect(at({ ...position }, key, scope)).toBe(cursor);
  expect(decryptCursor(cursor, key, scope)).toEqual(position);
  expect(readIn(cursor).filter((one) => one.length > 3)).toEqual([]);
  const nonce = (one: string) => Buffer.from(one, "base64url").toString("hex", 0, 12);
  const others = [
    at({ ...position, price: 719_351 }, key, scope),
    at(position, "another key", scope),
    at(position, key, "another list"),
  ];
  for (const other of others) expect(nonce(other)).not.toBe(nonce(cursor));
  refused(cursor, key, "another list");
});

test("sabotage: a cursor that is sealed only is read", () => {
  const payload = Buffer.from(JSON.stringify(position)).toString("base64url");
  const mac = createHmac("sha256", key).update(`${scope}\n${payload}`).digest("base64url");
  expect(readIn(`${payload}.${mac}`)).toEqual(expect.arrayContaining(["719350", position.id]));
});

test("the longest position, of a list by distance, makes a cursor that a list takes", () => {
  const crowded = Array.from({ length: 60 }, () => "offc23nb62w");
  const cursor = encryptCursor({ distance: 12.345678901234567, id: position.id, crowded }, key, scope);
  expect(cursor.length).toBeLessThanOrEqual(2000);
});

test("what is refused is a problem for the caller", () => {
  expect(() => decryptCursor("x", key, scope)).toThrow(Problem);
});
