import { describe, expect, test } from "vitest";
import { securityHeaders } from "../../shared/entry/http.ts";
import { checkAnswer, operationAt, type RawAnswer } from "../answers.ts";

// Sabotage twins of the check that test/cloud.ts makes of every answer (bar 23).

const user = {
  id: "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f",
  version: 3,
  created_at: "2026-03-02T17:05:00.000Z",
  updated_at: "2026-03-02T17:05:00.000Z",
  email: "ada@emerald.example",
  first_name: "Ada",
  last_name: "Agent",
  role: "agent",
  is_active: true,
  email_verified_at: null,
  phone: null,
  license_number: null,
  license_state: null,
  time_zone: null,
  accepts_leads: true,
  photo: null,
  role_ids: [],
  permissions: [],
  roles: [],
  teams: [],
};

const problem = {
  type: "/docs#problem-unauthenticated",
  title: "Sign in first",
  status: 401,
  detail: "Sign in first",
  instance: "r-1",
  code: "unauthenticated",
};

const headers = { ...securityHeaders, "x-request-id": "r-1" };

function me(body: object, over: Record<string, string | undefined> = {}, status = 200): RawAnswer {
  const all = { ...headers, "content-type": "application/json", etag: '"3"', ...over };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { status, headers: new Headers(sent), text: JSON.stringify(body) };
}

const refusal = (body: object, over: Record<string, string | undefined> = {}) =>
  me(body, { "content-type": "application/problem+json", etag: undefined, ...over }, 401);

const check =
  (answer: RawAnswer, path = "/v1/me") =>
  () =>
    checkAnswer("GET", path, answer);

test("good answers pass", () => {
  expect(check(me(user))).not.toThrow();
  expect(check(refusal(problem))).not.toThrow();
  const gone = { ...problem, status: 404, code: "not_found" };
  const type = { "content-type": "application/problem+json" };
  expect(check(me(gone, type, 404), "/no/such")).not.toThrow();
});

describe("the check sees", () => {
  test.each(Object.keys(securityHeaders))("an answer without %s", (name) => {
    expect(check(me(user, { [name]: undefined }))).toThrow(name);
    expect(check(refusal(problem, { [name]: undefined }))).toThrow(name);
  });

  test.each([
    ["a 5xx", me({}, {}, 500), "the service failed"],
    [
      "a busy service, where nothing throttles",
      me(
        { ...problem, status: 503, code: "busy" },
        { "content-type": "application/problem+json", "retry-after": "1" },
        503,
      ),
      "the service failed",
    ],
    ["an answer without its request's id", me(user, { "x-request-id": undefined }), "x-request-id"],
    ["a field that is missing", me({ ...user, email: undefined }), "email"],
    ["a field that nobody promised", me({ ...user, password_hash: "x" }), "additional properties"],
    ["a value off its schema", me({ ...user, role: "owner" }), "allowed values"],
    ["an ETag of another version", me(user, { etag: '"2"' }), "ETag"],
    ["another status of success", me(user, {}, 201), "it should be 200"],
    ["another content type", me(user, { "content-type": "text/html" }), "content type"],
    [
      "a refusal that is plain JSON",
      refusal(problem, { "content-type": "application/json" }),
      "problem+json",
    ],
    ["a code that the list lacks", refusal({ ...problem, code: "whatever" }), "allowed values"],
    [
      "a code that the operation cannot give",
      me(
        { ...problem, status: 409, code: "slug_taken" },
        { "content-type": "application/problem+json" },
        409,
      ),
      "lacks this status",
    ],
    ["a status that is not the code's", refusal({ ...problem, status: 403 }), "statuses differ"],
    ["another request's id", refusal({ ...problem, instance: "r-2" }), "request's id"],
    ["a stack trace", refusal({ ...problem, stack: "Error" }), "additional properties"],
  ])("%s", (_, answer, message) => {
    expect(check(answer)).toThrow(message);
  });

  test("a bad input that names no field", () => {
    const bad = { ...problem, status: 400, code: "invalid_input" };
    const answer = me(bad, { "content-type": "application/problem+json" }, 400);
    expect(check(answer)).toThrow("no field is named");
  });

  test("an unknown route that answers", () => {
    expect(check(me(user), "/no/such")).toThrow("an unknown route succeeded");
  });
});

test("a path finds its operation, and plain names win over parameters", () => {
  expect(operationAt("GET", "/v1/me?x=1")?.id).toBe("getMe");
  expect(operationAt("DELETE", "/v1/auth/sessions/x")?.id).toBe("deleteSession");
  expect(operationAt("PUT", "/v1/me")).toBeUndefined();
});
