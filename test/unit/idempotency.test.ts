import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  idempotentRequest,
  keepAnswer,
  keptAnswerKey,
  readKeptAnswer,
} from "../../shared/entry/idempotency.ts";
import { invocation } from "../../shared/entry/invocation.ts";

const claims = { brokerage_id: "b", user_id: "u", session_id: "s" };
const cursorKey = "the brokerage's key";

const printOf = (body: string, over: { path?: string; ifMatch?: string; cursorKey?: string } = {}) => {
  const { path = "/v1/properties", ifMatch, cursorKey: secret = cursorKey } = over;
  return idempotentRequest("k", keptAnswerKey("k", claims, "op"), { path, ifMatch, body }, secret)!
    .fingerprint;
};

const listing = '{"title":"A home","price":410000,"location":{"lat":47.6,"lng":-122.3}}';

test.each([
  ["members in another order", '{"location":{"lng":-122.3,"lat":47.6},"price":410000,"title":"A home"}'],
  ["other spaces", JSON.stringify(JSON.parse(listing), null, 2)],
  ["another spelling of a number", listing.replace("410000", "410000.0").replace("47.6", "4.76e1")],
  ["escapes", listing.replace("A home", "\\u0041\\u0020home")],
])("the same JSON with %s is the same request", (_, body) => {
  expect(printOf(body)).toBe(printOf(listing));
});

test("any JSON is the same request however its members are ordered, and no other JSON is", () => {
  const reversed = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(reversed);
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, one]) => [name, reversed(one)]),
    );
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(printOf(JSON.stringify(reversed(value), null, 1))).toBe(printOf(JSON.stringify(value)));
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const same = printOf(JSON.stringify(one)) === printOf(JSON.stringify(other));
      if (same) expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
    }),
  );
});

test("nothing sent is an empty object; another path, version or order of a list is another request", () => {
  expect(printOf("")).toBe(printOf(" {} "));
  const prints = [
    printOf("[1,2]"),
    printOf("[2,1]"),
    printOf('["1",2]'),
    printOf("[1,2]", { path: "/v1/others" }),
    printOf("[1,2]", { ifMatch: '"1"' }),
    printOf("[1,2]", { ifMatch: '"2"' }),
  ];
  expect(new Set(prints).size).toBe(prints.length);
});

test("what is no JSON, or is nested beyond any body, is compared as it is", () => {
  for (const body of ["{", "[".repeat(400_000), "[".repeat(400_000) + "]".repeat(400_000)])
    expect(printOf(body)).toBe(printOf(body));
  expect(printOf("{")).not.toBe(printOf("{}"));
});

test("a password in a body cannot be guessed from its fingerprint: it takes the brokerage's key", () => {
  const body = '{"password":"correct horse battery"}';
  const print = printOf(body);
  const said = JSON.stringify(["/v1/properties", null, body]);
  const guesses = [body, said, `/v1/properties\n${body}`].map((text) =>
    createHash("sha256").update(text).digest("base64url"),
  );
  expect(guesses).not.toContain(print);
  expect(printOf(body, { cursorKey: "another" })).not.toBe(print);
});

test("a key is 1 to 255 printable ASCII characters", () => {
  const said = { path: "/", ifMatch: undefined, body: "" };
  for (const key of ["x", "~".repeat(255), " "])
    expect(idempotentRequest(key, keptAnswerKey(key, claims, "op"), said, cursorKey)).toBeDefined();
  for (const key of ["", "x".repeat(256), "é", "a\tb"])
    expect(() => idempotentRequest(key, keptAnswerKey(key, claims, "op"), said, cursorKey)).toThrow(
      expect.objectContaining({ code: "invalid_input" }),
    );
  expect(idempotentRequest(undefined, undefined, said, cursorKey)).toBeUndefined();
});

test("an answer is repeated for a day, however much later it is removed", () => {
  const now = new Date("2026-03-01T12:00:00.000Z");
  const said = { path: "/", ifMatch: undefined, body: "{}" };
  const one = idempotentRequest("k", keptAnswerKey("k", claims, "op"), said, cursorKey)!;
  const invoked = { ...invocation("u", null, now), now };
  const { Item } = keepAnswer(one, { id: "made" }, invoked).Put;
  const after = (hours: number) => readKeptAnswer(Item, one, new Date(now.getTime() + hours * 3_600_000));
  expect(after(23.9)).toEqual({ body: { id: "made" } });
  expect(after(24)).toBeUndefined();
});
