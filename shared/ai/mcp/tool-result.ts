import type { ApiAnswer } from "../../data/api.ts";
import { Problem, type ProblemCode } from "../../domain/problem.ts";

/** What a tool answers: as text for the model, and the same as data. A failed one says why, so that the model can do better. */
export interface ToolResult {
  readonly content: readonly { readonly type: "text"; readonly text: string }[];
  readonly structuredContent?: object;
  readonly isError?: true;
}

/** Characters of an answer: what is longer helps no model. */
export const longest = 100_000;

/** An answer that is short. */
export const told = (text: string, data: object): ToolResult => ({
  content: [{ type: "text", text }],
  structuredContent: data,
});

/** What the API answered, as a tool's answer. */
export function resultOf({ status, body }: ApiAnswer): ToolResult {
  if (status >= 400) return failed(refusedBy(status, body));
  const shown = withoutLinks(body ?? {}) as object;
  const text = JSON.stringify(shown);
  if (text.length <= longest) return { content: [{ type: "text", text }], structuredContent: shown };
  const cut =
    `Cut here: the answer has ${text.length} characters, and ${longest} are shown. Ask for less: a smaller limit, or ` +
    "more filters.";
  return { content: [{ type: "text", text: `${text.slice(0, longest).toWellFormed()}\n\n${cut}` }] };
}

/** Why a tool failed; without a code where only words say it. */
export interface Refused {
  readonly code?: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly object[];
}

/** The answer of a tool that failed. */
export const failed = (refused: Refused): ToolResult => ({
  content: [{ type: "text", text: [refused.code, refused.detail].filter(Boolean).join(": ") }],
  structuredContent: refused,
  isError: true,
});

/** The same of a problem that our own code met. */
export const failedBy = ({ code, message, errors }: Problem): ToolResult =>
  failed({ code, detail: message, ...(errors ? { errors } : {}) });

/** What a problem document says; the gateway's own refusals have none. */
function refusedBy(status: number, body: unknown): Refused {
  const { code, detail, errors } = (body ?? {}) as Partial<Refused>;
  if (code !== undefined && detail !== undefined) return { code, detail, ...(errors ? { errors } : {}) };
  const own = new Problem(status === 429 ? "too_many_requests" : status >= 500 ? "busy" : "too_large");
  return { code: own.code, detail: own.message };
}

const isSigned = (value: unknown) =>
  typeof value === "string" && /^https?:\/\/\S+[?&]X-Amz-Signature=/.test(value);

/** An answer without addresses that open a file for whoever has them: a model, and all it talks to, would have them. */
export function withoutLinks(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => !isSigned(one)).map(withoutLinks);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name, one]) => name !== "photo" && !isSigned(one));
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutLinks(one)]));
}
