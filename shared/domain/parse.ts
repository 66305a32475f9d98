import type * as z from "zod/mini";
import { type InputError, Problem } from "./problem.ts";

/** Checks `value`; 400 with one error per field. `prefix` precedes every path, as in a JSON Pointer. */
export function parseWith(schema: z.ZodMiniType, value: unknown, prefix: string): unknown {
  // With the input, to tell what is missing from what is wrong; without the messages of a language that something else in
  // the process may have set.
  const parsed = schema.safeParse(value, { reportInput: true, error: () => noMessage });
  if (parsed.success) return parsed.data;
  const found = parsed.error.issues.flatMap((issue): InputError[] => {
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
  // Of the rules that one field breaks the last: the first is often what any number or text must be.
  const errors = [...new Map(found.map((error) => [error.path, error])).values()];
  throw new Problem("invalid_input", summary(errors), { errors: errors.slice(0, 50) });
}

/** What zod says where it has no message. */
const noMessage = "Invalid input";

const named = (pointer: string, prefix: string) => (prefix ? `${prefix}${pointer.slice(1)}` : pointer);

/** What a type is called to a caller. */
const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

const formats: Readonly<Record<string, string>> = {
  date: "must be an existing date, written YYYY-MM-DD",
  datetime: "must be a time in UTC, such as 2026-03-02T17:05:00Z",
};

/** zod mini has no messages (they would enlarge the bundle): these say what is expected. */
function message(issue: z.core.$ZodIssue): string {
  if (issue.message && issue.message !== noMessage) return issue.message;
  if (issue.input === undefined && issue.code.startsWith("invalid_")) return "is required";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case "too_small":
      return `must be ${issue.origin === "string" || issue.origin === "array" ? "of length " : ""}at least ${issue.minimum}`;
    case "too_big":
      return `must be ${issue.origin === "string" || issue.origin === "array" ? "of length " : ""}at most ${issue.maximum}`;
    case "invalid_value":
      return `must be one of ${issue.values.join(", ")}`;
    case "invalid_format":
      return formats[issue.format] ?? "has the wrong format";
    case "invalid_union":
      // What tells the forms of a body apart is none of theirs.
      return "options" in issue && issue.options
        ? `must be one of ${issue.options.join(", ")}`
        : "is not valid";
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
