import { id, slug } from "../../shared/domain/schemas.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { bodyTypes, needsIfMatch, takesApiKey, takesIdempotencyKey } from "../../shared/entry/request.ts";
import { type Components, isVersioned } from "./components.ts";
import type { OperationObject, Response } from "./document.ts";
import { exampleDashboardToken } from "./examples/analytics.ts";
import { exampleToken } from "./examples/cma.ts";
import { examplePhotoToken } from "./examples/properties.ts";
import { ownRefusals, refusals } from "./problems.ts";
import { type JsonSchema, jsonSchema } from "./schema.ts";

/** Headers that operations refer to by name. */
export const sharedParameters = {
  IfMatch: {
    name: "If-Match",
    in: "header",
    required: true,
    description: "The `ETag` of the record as it was read",
    schema: { type: "string", maxLength: 14, pattern: '^"\\d{1,12}"$' },
    example: '"3"',
  },
  IfNoneMatch: {
    name: "If-None-Match",
    in: "header",
    description: "The `ETag` of an answer that you have: 304 while it has not changed",
    schema: { type: "string", maxLength: 1000, pattern: "^[ -~]+$" },
    example: '"n4bQgYhMfWWaL-qgxVrQFa"',
  },
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description: "Makes a repeat of this request safe for 24 hours: one effect, and the first answer again",
    schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x20-\\x7e]+$" },
    example: "8a3f6b1e-listing-4411",
  },
};

/** Headers that answers refer to by name. */
export const sharedHeaders = {
  ETag: {
    description: "The record's version, for `If-Match`",
    schema: { type: "string", pattern: '^"\\d{1,12}"$' },
    example: '"3"',
  },
  ContentETag: {
    description: "Of these bytes, for `If-None-Match`",
    schema: { type: "string", pattern: '^"[A-Za-z0-9_-]{22}"$' },
    example: '"n4bQgYhMfWWaL-qgxVrQFa"',
  },
  CacheControl: {
    description: "For how long caches may keep the answer",
    schema: { type: "string", pattern: "^public, max-age=\\d+$" },
    example: "public, max-age=60",
  },
  Location: {
    description: "Where the picture is: the same within each hour",
    schema: { type: "string", format: "uri" },
    example: "https://files.example.com/media/small.jpg?X-Amz-Expires=7200&X-Amz-Signature=07aa",
  },
  RetryAfter: {
    description: "Seconds to wait",
    schema: { type: "string", pattern: "^\\d+$" },
    example: "2",
  },
};

/** The document's entry of an operation; adds the schemas of its body and answer to the components. */
export function operationObject(operation: Operation, area: string, components: Components): OperationObject {
  const { id: operationId, summary, description, protocol } = operation;
  const body = operation.body ?? protocol?.message;
  return {
    operationId,
    summary,
    description: [description, whoMay(operation)].filter(Boolean).join(" "),
    tags: [area],
    security: securityOf(operation),
    parameters: parametersOf(operation),
    ...(body ? { requestBody: requestBody(operation, body, components) } : {}),
    responses: {
      ...success(operation, components),
      ...refusals(operation),
      ...(protocol && ownRefusals(operation, components.media(operation, "Response", protocol.refusal))),
    },
  } as OperationObject;
}

function securityOf(operation: Operation) {
  if (operation.permission === "public") return [];
  return [{ session: [] }, ...(takesApiKey(operation) ? [{ api_key: [] }] : [])];
}

function whoMay({ permission, scope }: Operation): string {
  if (permission === "public") return "Needs no sign-in.";
  if (permission === "session") return "For any signed-in user, and no API key.";
  return `Needs \`${permission}\`${scope ? " for the whole brokerage" : ""}.`;
}

function parametersOf(operation: Operation) {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    ...pathParameter(name, operation),
  }));
  const query = operation.query ? jsonSchema(operation.query, "out").schema : {};
  const inQuery = Object.entries(query.properties ?? {}).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: Boolean(query.required?.includes(name)) && !("default" in schema),
    ...(description ? { description } : {}),
    schema,
  }));
  return [
    ...inPath,
    ...inQuery,
    ...("cached" in operation.answer ? [{ $ref: "#/components/parameters/IfNoneMatch" }] : []),
    ...(needsIfMatch(operation) ? [{ $ref: "#/components/parameters/IfMatch" }] : []),
    ...(takesIdempotencyKey(operation) ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
  ];
}

/** Paths that end in a token: how many characters it has, and an example. */
const tokens: Readonly<Record<string, { readonly of: string; readonly example: string }>> = {
  getSharedReport: { of: "The last part of a link's `url`", example: exampleToken },
  getDashboard: { of: "The last part of a link's `url`", example: exampleDashboardToken },
  getPhoto: { of: "The last part of a photo's address", example: examplePhotoToken },
};

function pathParameter(
  name: string,
  { id: operationId }: Operation,
): { readonly description: string; readonly schema: JsonSchema } {
  const token = name === "token" && tokens[operationId];
  if (token) {
    const pattern = `^[A-Za-z0-9_-]{${token.example.length}}$`;
    return { description: token.of, schema: { type: "string", pattern, examples: [token.example] } };
  }
  if (name === "slug") return { description: "The brokerage's slug", schema: jsonSchema(slug, "in").schema };
  return { description: `Id of the ${name.replace(/_id$/, "")}`, schema: jsonSchema(id, "in").schema };
}

function requestBody(operation: Operation, body: NonNullable<Operation["body"]>, components: Components) {
  const media = components.media(operation, "Request", body);
  return {
    required: true,
    content: Object.fromEntries((bodyTypes[operation.method] ?? []).map((type) => [type, media])),
  };
}

/** What the operations answer that is no record, by content type. */
const files = {
  "text/html": {
    schema: { type: "string" },
    example: '<!doctype html><html lang="en"><title>Gable</title></html>',
  },
  "application/json": {
    schema: { type: "object" },
    example: { openapi: "3.1.1", info: { title: "Gable", version: "1.0.0" }, paths: {} },
  },
  "application/pdf": { schema: { type: "string", contentMediaType: "application/pdf" } },
};

const cacheControl = { "Cache-Control": "CacheControl" } as const;

/** References to shared headers, by the names that the answer has for them. */
const headersNamed = (names: Readonly<Record<string, keyof typeof sharedHeaders>>) =>
  Object.fromEntries(
    Object.entries(names).map(([name, shared]) => [name, { $ref: `#/components/headers/${shared}` }]),
  );

function success(operation: Operation, components: Components): Record<string, Response> {
  const { answer, summary, protocol } = operation;
  if (answer.status === 204) return { 204: { description: "Done" } };
  if (protocol)
    return {
      200: {
        description: "Answered",
        content: { "application/json": components.media(operation, "Response", protocol.reply) },
      },
      202: { description: "Taken: a notification is not answered" },
    };
  if ("type" in answer) {
    const types = [answer.type.split(";")[0], answer.also];
    const content = Object.fromEntries(
      Object.entries(files).filter(([type]) => types.includes(type as never)),
    );
    return { 200: { description: summary, content } };
  }
  if (answer.status === 302)
    return {
      302: { description: summary, headers: headersNamed({ Location: "Location", ...cacheControl }) },
    };
  if (answer.cached) {
    const headers = headersNamed({ ETag: "ContentETag", ...cacheControl });
    const content = { "application/json": components.media(operation, "Response", answer.body!) };
    return {
      200: { description: "Found", headers, content },
      304: { description: "Not changed since", headers },
    };
  }
  const headers = headersNamed({ ETag: "ETag" });
  const descriptions = {
    200: operation.method === "GET" ? "Found" : "Done",
    201: "Created",
    202: "Accepted",
  };
  return Object.fromEntries(
    [answer, ...(answer.others ?? [])].map(({ status, body }) => {
      const media = components.media(operation, "Response", body!);
      const response = {
        description: descriptions[status],
        ...(isVersioned(media) ? { headers } : {}),
        content: { "application/json": media },
      };
      return [status, response];
    }),
  );
}
