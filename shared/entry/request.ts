import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type * as z from "zod/mini";
import { parseWith } from "../domain/parse.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import type { Method, Operation } from "./definition.ts";

/** Largest body an operation takes, in bytes. Files go to the bucket, not through here. */
export const maxBodyBytes = 1_000_000;

/** The content types of a body, by method. */
export const bodyTypes: Partial<Record<Method, readonly string[]>> = {
  POST: ["application/json"],
  PUT: ["application/json"],
  PATCH: ["application/merge-patch+json", "application/json"],
};

/** Whether an API key may call the operation at all: what needs no permission is for a person with a session. */
export const takesApiKey = ({ permission }: Pick<Operation, "permission">): boolean =>
  permission !== "public" && permission !== "session";

/** Whether the operation honours Idempotency-Key: every write of a signed-in caller outside /v1/auth, in our protocol. */
export const takesIdempotencyKey = ({ method, path, permission, protocol }: Operation): boolean =>
  method !== "GET" && permission !== "public" && !path.startsWith("/v1/auth/") && !protocol;

/** Whether the operation demands If-Match: it changes, replaces or deletes the record of its path, or a part of it. */
export const needsIfMatch = ({ method, record, unversioned }: Operation): boolean =>
  record !== undefined && !unversioned && ["PATCH", "PUT", "DELETE"].includes(method);

/** The raw body as text, checked for size; 413 and 400 otherwise. */
export function rawBody(event: APIGatewayProxyEventV2): string {
  const body = event.body ?? "";
  if (body.length > maxBodyBytes * 2) throw tooLarge();
  const bytes = Buffer.from(body, event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.byteLength > maxBodyBytes) throw tooLarge();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Problem("invalid_json", "The body is not UTF-8");
  }
}

const tooLarge = () => new Problem("too_large", `The body has more than ${maxBodyBytes} bytes`);

/** The body that the operation's schema asks for; undefined where it asks for none. */
export function readBody(
  event: APIGatewayProxyEventV2,
  raw: string,
  method: Method,
  schema: z.ZodMiniType | undefined,
): unknown {
  if (!schema) {
    if (raw.trim() !== "" && raw.trim() !== "{}") throw invalidInput("", "this operation takes no body");
    return undefined;
  }
  const accepted = bodyTypes[method] ?? [];
  const type = event.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  // An empty body counts as {}, which is valid where all fields have defaults.
  if (!type && raw.trim() === "") return parseWith(schema, {}, "");
  if (!type || !accepted.includes(type))
    throw new Problem("unsupported_media_type", `Send Content-Type: ${accepted.join(" or ")}`);
  return parseWith(schema, parseJson(raw), "");
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch (error) {
    throw new Problem("invalid_json", `The body is not JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** The version of `If-Match: "<version>"`: 428 without the header, 400 when it is not a version. */
export function ifMatch(header: string | undefined): number {
  if (header === undefined) throw new Problem("if_match_required");
  const version = /^"(\d{1,12})"$/.exec(header.trim())?.[1];
  if (version === undefined)
    throw invalidInput("If-Match", 'must be one version in quotes, as in the ETag, such as "3"');
  return Number(version);
}
