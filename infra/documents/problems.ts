import { type ProblemCode, problems } from "../../shared/domain/problem.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { needsIfMatch, takesIdempotencyKey } from "../../shared/entry/request.ts";
import { type JsonSchema, jsonSchema } from "./schema.ts";

/** The schema of every problem document. */
export const problemSchema: JsonSchema = {
  type: "object",
  description: "RFC 9457. `code` is one of a closed list; `errors` names the fields of a bad input.",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string", description: "The request's id" },
    code: { type: "string", enum: Object.keys(problems) },
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: {
          path: { type: "string", description: "A JSON Pointer, or a parameter's or header's name" },
          message: { type: "string" },
        },
        required: ["path", "message"],
        additionalProperties: false,
      },
    },
  },
  required: ["type", "title", "status", "detail", "instance", "code"],
  additionalProperties: false,
};

/** What says after how many seconds to try again. */
const asksToWait: readonly ProblemCode[] = ["too_many_requests", "busy"];
const retryAfter = { description: "Seconds to wait", schema: { type: "string", pattern: "^\\d+$" } };

/** The responses for what the operation can refuse, by status. */
export function refusals(operation: Operation) {
  const byStatus = Map.groupBy(problemCodes(operation), (code) => problems[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join("; "),
        ...(codes.some((code) => asksToWait.includes(code))
          ? { headers: { "Retry-After": retryAfter } }
          : {}),
        content: {
          "application/problem+json": {
            schema: {
              allOf: [{ $ref: "#/components/schemas/Problem" }],
              properties: { code: { enum: codes } },
            },
            example: problemExample(codes[0]!),
          },
        },
      },
    ]),
  );
}

/** Every problem that the operation can answer: what the stack refuses, and what its `run` does. */
export function problemCodes(operation: Operation): ProblemCode[] {
  const { permission } = operation;
  const signedIn: ProblemCode[] = permission === "public" ? [] : ["unauthenticated"];
  const permitted: ProblemCode[] = permission === "public" || permission === "session" ? [] : ["forbidden"];
  const found: ProblemCode[] = operation.record || operation.path.includes("_id}") ? ["not_found"] : [];
  const read: ProblemCode[] = operation.body ? ["unsupported_media_type"] : [];
  const once: ProblemCode[] = takesIdempotencyKey(operation)
    ? ["request_in_progress", "idempotency_key_reused"]
    : [];
  const matched: ProblemCode[] = needsIfMatch(operation) ? ["if_match_required", "stale_version"] : [];
  const written: ProblemCode[] = operation.method === "GET" ? [] : ["conflict"];
  const always: ProblemCode[] = ["invalid_input", "invalid_json", "too_large", "busy", "internal"];
  const listed: ProblemCode[] = takesCursor(operation) ? ["invalid_cursor"] : [];
  const own = operation.problems ?? [];
  return [
    ...new Set([
      ...always,
      ...signedIn,
      ...permitted,
      ...found,
      ...read,
      ...once,
      ...matched,
      ...written,
      ...listed,
      ...own,
    ]),
  ];
}

const takesCursor = ({ query }: Operation) =>
  query !== undefined && "cursor" in (jsonSchema(query, "out").properties ?? {});

function problemExample(code: ProblemCode) {
  const { status, title } = problems[code];
  return {
    type: `/docs#problem-${code}`,
    title,
    status,
    detail: title,
    instance: "5b3a6c0e-0b51-4f0e-9d6b-2f6a4f1c8e77",
    code,
    ...(code === "invalid_input" ? { errors: [{ path: "/title", message: "is required" }] } : {}),
  };
}
