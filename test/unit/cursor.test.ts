import fc from "fast-check";
import { expect, test } from "vitest";
import { openCursor, sealCursor } from "../../shared/data/cursor.ts";
import { Problem } from "../../shared/domain/problem.ts";

const [key, scope] = ["the brokerage's key", "the list"];

test("a cursor opens to the position that was sealed", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (position) => {
      const same = JSON.parse(JSON.stringify(position));
      expect(openCursor(sealCursor(position, key, scope), key, scope)).toEqual(same);
    }),
  );
});

const refused = (cursor: string, ...seal: [string, string]) => {
  expect(() => openCursor(cursor, ...seal)).toThrow(expect.objectContaining({ code: "invalid_cursor" }));
};

test("no other key, scope or string opens", () => {
  const cursor = sealCursor({ id: "1" }, key, scope);
  refused(cursor, "another brokerage's key", scope);
  refused(cursor, key, "another list");
  fc.assert(fc.property(fc.string(), (text) => refused(text, key, scope)));
  const [payload = "", mac = ""] = cursor.split(".");
  for (const wrong of [
    "",
    payload,
    `${payload}.`,
    `.${mac}`,
    `${cursor}.`,
    `${cursor}=`,
    `${payload}.${mac.slice(1)}`,
  ])
    refused(wrong, key, scope);
});

test("no cursor with one character changed opens", () => {
  const cursor = sealCursor({ created_at: "2026-01-01T00:00:00.000Z", id: "1" }, key, scope);
  for (let at = 0; at < cursor.length; at++)
    for (const letter of ["A", "B", "-", "=", " "])
      if (cursor[at] !== letter) refused(cursor.slice(0, at) + letter + cursor.slice(at + 1), key, scope);
});

test("what is refused is a problem for the caller", () => {
  expect(() => openCursor("x", key, scope)).toThrow(Problem);
});
