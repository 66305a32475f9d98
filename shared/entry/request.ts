import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type * as z from "zod/mini";
import { type InputError, invalidInput, Problem } from "../domain/problem.ts";
import type { Method, Operation } from "./definition.ts";

/** Largest body an operation takes, in bytes. Files go to the bucket, not through here. */
export const maxBodyBytes = 1_000_000;

/** The content types of a body, by method. */
export const bodyTypes: Partial<Record<Method, readonly string[]>> = {
  POST: ["application/json"],
  PUT: ["application/json"],
  PATCH: ["application/merge-patch+json", "application/json"],
};

/** Whether the operation honours Idempotency-Key: every POST of a signed-in caller outside /v1/auth. */
export const takesIdempotencyKey = ({ method, path, permission }: Operation): boolean =>
  method === "POST" && permission !== "public" && !path.startsWith("/v1/auth/");

/** Whether the operation demands If-Match: it changes or deletes the record of its path. */
export const needsIfMatch = ({ method, record }: Operation): boolean =>
  record !== undefined && (method === "PATCH" || method === "DELETE");

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

/** Checks `value`; 400 with one error per field. `prefix` precedes every path, as in a JSON Pointer. */
export function parseWith(schema: z.ZodMiniType, value: unknown, prefix: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue): InputError[] => {
    const at = issue.path
      .map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`)
      .join("");
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        path: named(`${at}/${key}`, prefix),
        message: "is not a known field",
      }));
    return [{ path: named(at, prefix), message: message(issue) }];
  });
  throw new Problem("invalid_input", summary(errors), { errors: errors.slice(0, 50) });
}

const named = (pointer: string, prefix: string) => (prefix ? `${prefix}${pointer.slice(1)}` : pointer);

/** zod mini ships no words (they cost bundle): ours say what is expected. */
function message(issue: z.core.$ZodIssue): string {
  if (issue.message && issue.message !== "Invalid input") return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is required" : `must be of type ${issue.expected}`;
    case "too_small":
      return `must be ${issue.origin === "string" || issue.origin === "array" ? "of length " : ""}at least ${issue.minimum}`;
    case "too_big":
      return `must be ${issue.origin === "string" || issue.origin === "array" ? "of length " : ""}at most ${issue.maximum}`;
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    case "invalid_format":
      return `must have the format ${issue.format}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    default:
      return "is not valid";
  }
}

function summary(errors: readonly InputError[]): string {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return first ? `${first.path || "The body"} ${first.message}${more}` : "The input is not valid";
}

/** The version of `If-Match: "<version>"`: 428 without, 412 for anything that is no version of ours. */
export function ifMatch(header: string | undefined): number {
  if (header === undefined) throw new Problem("if_match_required");
  const version = /^"(\d{1,12})"$/.exec(header.trim())?.[1];
  if (version === undefined)
    throw new Problem("stale_version", 'If-Match must be one "<version>" as ETag gave it');
  return Number(version);
}
