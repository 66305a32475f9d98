import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { parseWith } from "../../shared/domain/parse.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { text } from "../../shared/domain/schemas.ts";
import { ifMatch, maxBodyBytes, rawBody, readBody } from "../../shared/entry/request.ts";

const event = (over: Partial<APIGatewayProxyEventV2>) =>
  ({ headers: {}, isBase64Encoded: false, ...over }) as APIGatewayProxyEventV2;

function problemOf(act: () => unknown): Problem {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const Body = z.strictObject({ title: text(5), inner: z.optional(z.strictObject({ "a/b": z.int() })) });

test("every wrong field is named by its JSON Pointer", () => {
  const { code, errors } = problemOf(() =>
    parseWith(Body, { title: "longer", more: 1, inner: { "a/b": "x" } }, ""),
  );
  expect(code).toBe("invalid_input");
  expect(errors?.map(({ path }) => path).sort()).toEqual(["/inner/a~1b", "/more", "/title"]);
});

test("a query parameter is named as one writes it", () => {
  const { errors } = problemOf(() => parseWith(Body, {}, "?"));
  expect(errors).toEqual([{ path: "?title", message: "is required" }]);
});

test("a wrong type is told from a missing field", () => {
  const Choice = z.strictObject({ kind: z.enum(["a", "b"]), title: z.string() });
  const messages = (value: unknown) =>
    problemOf(() => parseWith(Choice, value, "")).errors?.map((one) => one.message);
  expect(messages({})).toEqual(["is required", "is required"]);
  expect(messages({ kind: "c", title: 1 })).toEqual(["must be one of a, b", "must be a text"]);
});

test("what a language of zod's says, set by something else in the process, is not said", () => {
  const before = z.config();
  z.config(z.locales.de());
  const { errors } = problemOf(() => parseWith(Body, {}, "?"));
  z.config({ localeError: before.localeError });
  expect(errors).toEqual([{ path: "?title", message: "is required" }]);
});

test("text must be well formed and visible", () => {
  for (const title of ["", "   ", "a\u0000b", "\ud800"])
    expect(Body.safeParse({ title }).success).toBe(false);
  for (const title of ["a\nb", "é", "😀"]) expect(Body.safeParse({ title }).success).toBe(true);
});

test("the body's size, encoding, type and syntax are refused each for itself", () => {
  expect(problemOf(() => rawBody(event({ body: "x".repeat(maxBodyBytes + 1) }))).code).toBe("too_large");
  const latin1 = Buffer.from([0xe9]).toString("base64");
  expect(problemOf(() => rawBody(event({ body: latin1, isBase64Encoded: true }))).code).toBe("invalid_json");
  const json = { "content-type": "application/json; charset=utf-8" };
  const read = (headers: Record<string, string>, raw: string) =>
    readBody(event({ headers }), raw, "POST", Body);
  expect(problemOf(() => read({ "content-type": "text/plain" }, "{}")).code).toBe("unsupported_media_type");
  expect(problemOf(() => read({}, "{}")).code).toBe("unsupported_media_type");
  expect(problemOf(() => read(json, "{")).code).toBe("invalid_json");
  expect(read(json, '{"title":"x"}')).toEqual({ title: "x" });
  expect(problemOf(() => readBody(event({}), '{"a":1}', "GET", undefined)).code).toBe("invalid_input");
});

test("If-Match takes one version of ours", () => {
  expect(ifMatch('"7"')).toBe(7);
  expect(problemOf(() => ifMatch(undefined)).code).toBe("if_match_required");
  for (const header of ["*", '"x"', 'W/"7"', "7", '"7", "8"', '""'])
    expect(problemOf(() => ifMatch(header)).code).toBe("invalid_input");
});
