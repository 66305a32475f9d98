import { id } from "../../shared/domain/schemas.ts";
import type { Definition, Operation } from "../../shared/entry/definition.ts";
import { bodyTypes, needsIfMatch, takesIdempotencyKey } from "../../shared/entry/request.ts";
import { problemSchema, refusals } from "./problems.ts";
import { exampleOf, type JsonSchema, jsonSchema } from "./schema.ts";

/** Entry points by area, as functions/index.ts lists them. */
type Areas = Readonly<Record<string, readonly Definition[]>>;

/** An OpenAPI 3.1 document; operations by path and lower-case method. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: object;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Record<string, JsonSchema>;
    readonly parameters: object;
    readonly responses: object;
    readonly securitySchemes: object;
  };
}

export interface OperationObject {
  readonly operationId: string;
  readonly parameters: readonly {
    readonly name?: string;
    readonly in?: string;
    readonly schema?: JsonSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly description: string;
  readonly headers?: object;
  readonly content?: Readonly<Record<string, Media>>;
}

interface Media {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

/** The operations that have a path of their own, with their area: all but what answers unknown routes. */
export function routedOperations(areas: Areas): { readonly area: string; readonly operation: Operation }[] {
  return Object.entries(areas).flatMap(([area, definitions]) =>
    definitions.flatMap((operation) =>
      operation.kind === "http" && operation.path !== "$default" ? [{ area, operation }] : [],
    ),
  );
}

/** The OpenAPI document of the operations, derived from their definitions alone. */
export function openApi(areas: Areas): OpenApi {
  const schemas: Record<string, JsonSchema> = { Problem: problemSchema };
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const { area, operation } of routedOperations(areas)) {
    paths[operation.path] ??= {};
    paths[operation.path]![operation.method.toLowerCase()] = operationObject(operation, area, schemas);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Gable",
      version: "1.0.0",
      summary: "The back office of a real-estate brokerage",
      description: introduction,
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: Object.keys(areas)
      .filter((area) => routedOperations(areas).some((routed) => routed.area === area))
      .map((name) => ({ name })),
    paths,
    components: { schemas, parameters: headerParameters, responses: {}, securitySchemes },
  } as OpenApi;
}

const introduction = `Sign up (\`POST /v1/brokerages\`) or register, sign in (\`POST /v1/auth/login\`), and send
\`Authorization: Bearer <session_token>\` with everything else.

Every error is an RFC 9457 problem document with a \`code\` from a closed list. Only what the gateway says itself
(413 beyond 10 MB, 429, 503, 504) is not: those answers carry \`{"message"}\`. Every record has a \`version\`, which
is also its ETag; changing or deleting one needs \`If-Match\`. Whatever writes, but for \`/v1/auth\`, may carry an
\`Idempotency-Key\`: repeated within 24 hours it has one effect and gets the first answer again, also when the record
has changed since or is gone. 503 \`busy\` says in \`Retry-After\` after how many seconds to try again. Lists may lag a write by a second, a record read by its id never.`;

const securitySchemes = {
  session: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The `session_token` of a sign-in",
  },
};

const headerParameters = {
  IfMatch: {
    name: "If-Match",
    in: "header",
    required: true,
    description: "The `ETag` of the record as it was read",
    schema: { type: "string", pattern: '^"\\d{1,12}"$' },
    example: '"1"',
  },
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description: "Makes a repeat of this request safe for 24 hours: one effect, and the first answer again",
    schema: { type: "string", minLength: 1, maxLength: 255, pattern: "^[\\x20-\\x7e]+$" },
    example: "8a3f6b1e-listing-4411",
  },
};

function operationObject(
  operation: Operation,
  area: string,
  schemas: Record<string, JsonSchema>,
): OperationObject {
  const { id: operationId, summary, description, permission } = operation;
  const needs = permission === "public" || permission === "session" ? undefined : `Needs \`${permission}\`.`;
  const words = [description, needs].filter(Boolean).join(" ");
  return {
    operationId,
    summary,
    ...(words ? { description: words } : {}),
    tags: [area],
    ...(permission === "public" ? { security: [] } : { security: [{ session: [] }] }),
    parameters: parametersOf(operation),
    ...(operation.body ? { requestBody: requestBody(operation, schemas) } : {}),
    responses: { ...success(operation, schemas), ...refusals(operation) },
  } as OperationObject;
}

function parametersOf(operation: Operation) {
  const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: name.endsWith("_id") ? jsonSchema(id, "in") : { type: "string" },
  }));
  const query = operation.query ? jsonSchema(operation.query, "out") : {};
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
    ...(needsIfMatch(operation) ? [{ $ref: "#/components/parameters/IfMatch" }] : []),
    ...(takesIdempotencyKey(operation) ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
  ];
}

function requestBody(operation: Operation, schemas: Record<string, JsonSchema>) {
  const media = mediaOf(operation.body!, "in", `${operation.id}/body`, schemas);
  return {
    required: true,
    content: Object.fromEntries((bodyTypes[operation.method] ?? []).map((type) => [type, media])),
  };
}

function mediaOf(
  schema: NonNullable<Operation["body"]>,
  direction: "in" | "out",
  at: string,
  schemas: Record<string, JsonSchema>,
): Media {
  const { $defs = {}, ...converted } = jsonSchema(schema, direction);
  for (const [name, named] of Object.entries($defs as Record<string, JsonSchema>))
    schemas[name] = toComponents(named);
  return { schema: toComponents(converted), example: exampleOf(inlined(converted, $defs as object), at) };
}

const toComponents = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));

const inlined = (schema: JsonSchema, $defs: object): JsonSchema =>
  JSON.parse(JSON.stringify(schema), (_, value) =>
    value?.$ref
      ? inlined(($defs as Record<string, JsonSchema>)[value.$ref.slice("#/$defs/".length)]!, $defs)
      : value,
  );

function success(operation: Operation, schemas: Record<string, JsonSchema>): OperationObject["responses"] {
  const { answer, summary } = operation;
  if (answer.status === 204) return { 204: { description: "Done" } };
  if ("type" in answer) {
    const type = answer.type.split(";")[0]!;
    const schema = type === "application/json" ? { type: "object" } : { type: "string" };
    const also = answer.also && {
      [answer.also]: { schema: { type: "string", contentMediaType: answer.also } },
    };
    return { 200: { description: summary, content: { [type]: { schema }, ...also } } };
  }
  const media = mediaOf(answer.body!, "out", `${operation.id}/answer`, schemas);
  const versioned = "version" in ((media.example as object) ?? {});
  const etag = { ETag: { description: "The record's version", schema: { type: "string" } } };
  return {
    [answer.status]: {
      description: { 200: "Found", 201: "Created", 202: "Accepted" }[answer.status],
      ...(versioned ? { headers: etag } : {}),
      content: { "application/json": media },
    },
  };
}
