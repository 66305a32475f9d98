import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { areas } from "../functions/index.ts";
import type { OpenApi } from "../infra/documents/document.ts";
import { openApi, routedOperations } from "../infra/documents/openapi.ts";
import type { JsonSchema } from "../infra/documents/schema.ts";
import { type ProblemCode, problems } from "../shared/domain/problem.ts";
import type { Operation } from "../shared/entry/definition.ts";
import { securityHeaders } from "../shared/entry/http.ts";

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The OpenAPI document as the build makes it. */
export const document: OpenApi = openApi(areas);

/** Every operation with a route of its own. */
export const operations: readonly Operation[] = routedOperations(areas).map(({ operation }) => operation);
export const named = (id: string): Operation => operations.find((one) => one.id === id)!;

/** A schema of the document with those it refers to in their places. */
export function inPlace(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (_, inner) =>
    inner?.$ref ? inPlace(document.components.schemas[inner.$ref.split("/").at(-1)]!) : inner,
  );
}

/** Knows the document's schemas. Most judge few values: each is compiled once, wherever it is named, and not optimised. */
export const ajv = new Ajv2020({
  strict: false,
  allErrors: false,
  inlineRefs: false,
  code: { optimize: false },
});
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(document, "document");
const compiled = new Map<string, ValidateFunction>();

/** The validator of a schema in the document, by the steps that lead to it. */
function validator(...steps: readonly string[]): ValidateFunction {
  const pointer = steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  const made = compiled.get(pointer) ?? ajv.compile({ $ref: `document#${encodeURI(pointer)}` });
  compiled.set(pointer, made);
  return made;
}

/** The operation that answers a method and a path (with or without its query); undefined where none does. */
export function operationAt(method: string, path: string): Operation | undefined {
  const plain = path.split("?")[0]!;
  return routes.find(({ operation, pattern }) => operation.method === method && pattern.test(plain))
    ?.operation;
}

const pattern = (path: string) => new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`);
// A path without parameters wins over one with, as in the gateway.
const routes = operations
  .toSorted((a, b) => a.path.split("{").length - b.path.split("{").length)
  .map((operation) => ({ operation, pattern: pattern(operation.path) }));

/** Throws unless the answer is one that the document promises and follows the rules for all answers (bar 23). */
export function checkAnswer(method: string, path: string, answer: RawAnswer): void {
  const operation = operationAt(method, path);
  try {
    checkFor(operation, answer);
  } catch (error) {
    const name = operation?.id ?? "no operation";
    const { message } = error as Error;
    throw new Error(
      `${method} ${path} (${name}), ${answer.status}: ${message}\n${answer.text.slice(0, 2000)}`,
    );
  }
}

function checkFor(operation: Operation | undefined, answer: RawAnswer): void {
  if (answer.status >= 500 && !mayBeUnavailable(operation, answer)) throw new Error("the service failed");
  if (isGatewaysOwn(answer)) return;
  checkHeaders(operation, answer);
  const isOwn = answer.headers.get("content-type") === "application/json";
  if (answer.status >= 400 && operation?.protocol && isOwn) checkRefusal(operation, answer);
  else if (answer.status >= 400) checkProblem(operation, answer);
  else if (operation) checkSuccess(operation, answer);
  else throw new Error("an unknown route succeeded");
}

/** A 503 that the operation declares: what it needs is not on this machine. */
function mayBeUnavailable(operation: Operation | undefined, { status, text }: RawAnswer): boolean {
  const declared =
    operation?.problems?.filter((code: keyof typeof problems) => problems[code].status === 503) ?? [];
  return status === 503 && declared.some((code) => text.includes(`"code":"${code}"`));
}

/** What the gateway says itself no code of ours can shape. */
function isGatewaysOwn({ status, text }: RawAnswer): boolean {
  return status === 413 && text === '{"message":"Request Entity Too Large"}';
}

/** The operations whose answer is the same for everybody: caches may keep it. */
const isCacheable = ({ id, answer }: Operation) =>
  ["getDocs", "getOpenapi"].includes(id) || "cached" in answer || answer.status === 302;

function checkHeaders(operation: Operation | undefined, { status, headers }: RawAnswer): void {
  const mayRun = status < 300 && operation && "policy" in operation.answer;
  for (const [name, value] of Object.entries(securityHeaders)) {
    const found = headers.get(name);
    if (mayRun && name === "content-security-policy" && found?.startsWith("default-src 'none';")) continue;
    if (name === "cache-control" && status < 400 && operation && isCacheable(operation)) {
      if (found?.startsWith("public, max-age=")) continue;
    }
    if (found !== value) throw new Error(`the header ${name} is ${found}`);
  }
  if (!headers.get("x-request-id")) throw new Error("no x-request-id");
}

function checkProblem(operation: Operation | undefined, { status, headers, text }: RawAnswer): void {
  if (headers.get("content-type") !== "application/problem+json")
    throw new Error("not application/problem+json");
  const problem = JSON.parse(text);
  expectValid(validator("components", "schemas", "Problem"), problem);
  const code = problem.code as ProblemCode;
  if (problems[code].status !== status || problem.status !== status) throw new Error("the statuses differ");
  if (problem.instance !== headers.get("x-request-id")) throw new Error("instance is not the request's id");
  if (code === "invalid_input" && !problem.errors?.length) throw new Error("no field is named");
  if (!operation && code !== "not_found") throw new Error("an unknown route is not_found");
  if (operation) expectValid(responseValidator(operation, status, "application/problem+json"), problem);
}

/** A refusal in another protocol than ours. */
function checkRefusal(operation: Operation, { status, text }: RawAnswer): void {
  if (!operation.protocol?.refusals.includes(status)) throw new Error("its protocol has no such refusal");
  expectValid(responseValidator(operation, status, "application/json"), JSON.parse(text));
}

function checkSuccess(operation: Operation, { status, headers, text }: RawAnswer): void {
  const { answer } = operation;
  const others = "body" in answer ? (answer.others ?? []) : [];
  const statuses: number[] = [answer, ...others].map((one) => one.status);
  // A notification is not answered.
  if (operation.protocol && status === 202 && text === "") return;
  const isUnchanged = status === 304 && "cached" in answer;
  if (!statuses.includes(status) && !isUnchanged) throw new Error(`it should be ${statuses.join(" or ")}`);
  const type = headers.get("content-type");
  if (status === 204 || status >= 300) {
    if (text !== "" || type) throw new Error(`${status} has no body`);
    if (status === 302 && !headers.get("location")) throw new Error("it leads nowhere");
    return;
  }
  if ("cached" in operation.answer && !/^"[\w-]{22}"$/.test(headers.get("etag") ?? ""))
    throw new Error(`the ETag is ${headers.get("etag")}`);
  const expected = "type" in operation.answer ? operation.answer.type : "application/json";
  const also = "type" in operation.answer && operation.answer.also;
  if (type !== expected && !(also && type === also)) throw new Error(`the content type is ${type}`);
  if (!type.startsWith("application/json")) return;
  const body = JSON.parse(text);
  expectValid(responseValidator(operation, status, type), body);
  if ("body" in operation.answer && body.version !== undefined && headers.get("etag") !== `"${body.version}"`)
    throw new Error(`the ETag is ${headers.get("etag")}`);
}

/** The validator of an operation's answer; throws where the document does not know the status. */
export function responseValidator(operation: Operation, status: number, type: string): ValidateFunction {
  const method = operation.method.toLowerCase();
  const response = document.paths[operation.path]?.[method]?.responses[status];
  if (!response) throw new Error("the document lacks this status");
  const at =
    "$ref" in response
      ? response.$ref.replace("#/", "").split("/")
      : ["paths", operation.path, method, "responses", String(status)];
  return validator(...at, "content", type, "schema");
}

function expectValid(validate: ValidateFunction, value: unknown): void {
  if (!validate(value)) throw new Error(ajv.errorsText(validate.errors));
}
