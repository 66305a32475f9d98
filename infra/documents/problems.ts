import { type ProblemCode, problems } from "../../shared/domain/problem.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { needsIfMatch, takesApiKey, takesIdempotencyKey } from "../../shared/entry/request.ts";
import type { Components, Media } from "./components.ts";
import type { Response } from "./document.ts";
import { jsonSchema } from "./schema.ts";

const codes = Object.keys(problems) as ProblemCode[];

/** Adds the schema of every problem document, one for each code (`StaleVersionProblem`), and what the gateway says. */
export function defineProblems(components: Components): void {
  const fieldError = components.define("FieldError", {
    type: "object",
    description: "One field of the input and what is wrong with it",
    properties: {
      path: { type: "string", description: "A JSON Pointer, or a parameter's or header's name" },
      message: { type: "string" },
    },
    required: ["path", "message"],
    additionalProperties: false,
  });
  const candidate = components.define("Candidate", {
    type: "object",
    description: "A known client whom the new one may be, and what tells so",
    properties: {
      id: { type: "string", format: "uuid" },
      name: { type: "string" },
      matched_by: { type: "string", enum: ["email", "phone", "name"] },
    },
    required: ["id", "name", "matched_by"],
    additionalProperties: false,
  });
  const problem = components.define("Problem", {
    type: "object",
    description: "RFC 9457. `code` is one of a closed list; `errors` names the fields of a bad input.",
    properties: {
      type: { type: "string", format: "uri-reference" },
      title: { type: "string" },
      status: { type: "integer", format: "int32", minimum: 400, maximum: 599 },
      detail: { type: "string" },
      instance: { type: "string", description: "The request's id" },
      code: { type: "string", enum: codes },
      errors: { type: "array", items: fieldError },
      first_kept: {
        type: "integer",
        format: "int64",
        minimum: 1,
        description: "Of `gone`: the first sequence that is kept",
      },
      candidates: {
        type: "array",
        items: candidate,
        description: "Of `duplicate`: the known clients that you may read",
      },
    },
    required: ["type", "title", "status", "detail", "instance", "code"],
    additionalProperties: false,
  });
  components.define("GatewayMessage", {
    type: "object",
    description: "What the gateway answers by itself",
    properties: { message: { type: "string" } },
    required: ["message"],
    additionalProperties: false,
  });
  for (const code of codes) {
    const { status, title } = problems[code];
    components.define(schemaName(code), {
      description: `${title}.`,
      allOf: [problem],
      type: "object",
      properties: { code: { const: code }, status: { const: status } },
      required: ["code", "status", ...(requiredOf[code] ?? [])],
    });
  }
}

/** What a problem always says beside what all say. */
const requiredOf: Partial<Record<ProblemCode, readonly string[]>> = {
  invalid_input: ["errors"],
  gone: ["first_kept"],
  duplicate: ["candidates"],
};

/** Problems that say in Retry-After after how many seconds to try again. */
const asksToWait: readonly ProblemCode[] = ["too_many_requests", "budget_exceeded", "busy"];

/** The responses for what the operation can refuse, and the gateway for it, by status. */
export function refusals(operation: Operation): Record<string, { readonly $ref: string }> {
  const named = [...codesByStatus(operation)].map(
    ([status, codes]) => [status, responseName(codes)] as const,
  );
  return Object.fromEntries(
    [[429, "Throttled"] as const, ...named].map(([status, name]) => [
      status,
      { $ref: `#/components/responses/${name}` },
    ]),
  );
}

/** The responses of an operation that speaks another protocol, where it refuses in that: beside the problems of the status. */
export function ownRefusals(operation: Operation, media: Media): Record<string, Response> {
  const codes = codesByStatus(operation);
  const own = "The message is none, or not one that is understood";
  return Object.fromEntries(
    (operation.protocol?.refusals ?? []).map((status) => {
      const also = codes.get(status as (typeof problems)[ProblemCode]["status"]);
      const { description, content } = also ? refusal(also) : { description: undefined, content: {} };
      return [
        status,
        {
          description: [own, description].filter(Boolean).join("; "),
          content: { ...content, "application/json": media },
        },
      ];
    }),
  );
}

/** Every response that one of the operations refuses with, by name; each has the codes that an operation can give. */
export function refusalsIn(operations: readonly Operation[]): Record<string, Response> {
  const all = operations.flatMap((operation) => [...codesByStatus(operation).values()]);
  const named = all.map((codes) => [responseName(codes), refusal(codes)] as const);
  return Object.fromEntries([["Throttled", throttled] as const, ...named]);
}

const gatewayMessage = {
  schema: { $ref: "#/components/schemas/GatewayMessage" },
  example: { message: "Too Many Requests" },
};
const throttled: Response = {
  description: "From the gateway: too many requests for this stage; try again in a second",
  content: { "application/json": gatewayMessage },
};

const codesByStatus = (operation: Operation) =>
  Map.groupBy(problemCodes(operation), (code) => problems[code].status);

const retryAfter = { "Retry-After": { $ref: "#/components/headers/RetryAfter" } };

function refusal(codes: readonly ProblemCode[]): Response {
  const refs = codes.map((code) => ({ $ref: `#/components/schemas/${schemaName(code)}` }));
  const mapping = Object.fromEntries(codes.map((code, at) => [code, refs[at]!.$ref]));
  const schema =
    refs.length === 1 ? refs[0]! : { oneOf: refs, discriminator: { propertyName: "code", mapping } };
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join("; "),
    ...(codes.some((code) => asksToWait.includes(code)) ? { headers: retryAfter } : {}),
    content: {
      "application/problem+json": { schema, example: problemExample(codes[0]!) },
      ...(codes.includes("too_many_requests") ? throttled.content : {}),
    },
  };
}

const pascal = (code: ProblemCode) => code.replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase());
const schemaName = (code: ProblemCode) => `${pascal(code)}Problem`;
const responseName = (codes: readonly ProblemCode[]) => codes.map(pascal).join("Or");

/** Every problem that the operation can answer, in the list's order: what the stack refuses, and what its `run` does. */
export function problemCodes(operation: Operation): ProblemCode[] {
  const { permission } = operation;
  const signedIn: ProblemCode[] = permission === "public" ? [] : ["unauthenticated", "forbidden"];
  const counted: ProblemCode[] = takesApiKey(operation) ? ["too_many_requests"] : [];
  const found: ProblemCode[] = operation.record || operation.path.includes("_id}") ? ["not_found"] : [];
  const read: ProblemCode[] = operation.body ? ["unsupported_media_type"] : [];
  const once: ProblemCode[] = takesIdempotencyKey(operation)
    ? ["request_in_progress", "idempotency_key_reused", "erased"]
    : [];
  const matched: ProblemCode[] = needsIfMatch(operation) ? ["if_match_required", "stale_version"] : [];
  const written: ProblemCode[] = operation.method === "GET" ? [] : ["conflict"];
  const always: ProblemCode[] = ["invalid_input", "invalid_json", "too_large", "busy", "internal"];
  const alone: ProblemCode[] = operation.protocol ? ["method_not_allowed"] : [];
  const listed: ProblemCode[] = takesCursor(operation) ? ["invalid_cursor"] : [];
  const can = new Set([
    ...always,
    ...signedIn,
    ...counted,
    ...found,
    ...read,
    ...once,
    ...matched,
    ...written,
    ...listed,
    ...alone,
    ...(operation.problems ?? []),
  ]);
  return codes.filter((code) => can.has(code));
}

const takesCursor = ({ query }: Operation) =>
  query !== undefined && "cursor" in (jsonSchema(query, "out").schema.properties ?? {});

function problemExample(code: ProblemCode) {
  const { status, title } = problems[code];
  const field = { path: "/price", message: "must be at least 0.01" };
  return {
    type: `/docs#problem-${code}`,
    title,
    status,
    detail: code === "invalid_input" ? `${field.path} ${field.message}` : title,
    instance: "5b3a6c0e-0b51-4f0e-9d6b-2f6a4f1c8e77",
    code,
    ...(code === "invalid_input" ? { errors: [field] } : {}),
    ...(code === "gone" ? { first_kept: 4711 } : {}),
    ...(code === "duplicate" ? { candidates: [] } : {}),
  };
}
