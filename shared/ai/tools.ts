import { readFileSync } from "node:fs";
import { invalidInput } from "../domain/problem.ts";

/** A JSON Schema, as the OpenAPI document has it. */
type Schema = Readonly<Record<string, unknown>>;

/** The operation that takes back what another did: its path names the record by the same parameter. */
export interface Undo {
  readonly operation_id: string;
  readonly method: string;
  readonly path: string;
  readonly needs_version: boolean;
}

/** An operation as an assistant sees it; `tools.json` beside the bundle has all of them (infra/documents/tools.ts). */
export interface Tool {
  /** `<area>_<verb>_<noun>`. */
  readonly name: string;
  readonly operation_id: string;
  /** Whether it is called, or only proposed to a person. */
  readonly kind: "calls" | "proposes";
  readonly summary: string;
  readonly description: string;
  readonly method: string;
  readonly path: string;
  /** The names of the path's parameters. */
  readonly params: readonly string[];
  readonly query: Schema | null;
  readonly body: Schema | null;
  /** It changes the record of its path, which `If-Match` must name the version of. */
  readonly needs_version: boolean;
  /** Where the record of its path is read: what is shown before it changes. */
  readonly reads: string | null;
  readonly undo: Undo | null;
}

let kept: readonly Tool[] | undefined;

/** The tools that the build laid beside a bundle (`import.meta.url`); read once a process. */
export function toolsBeside(bundle: string): readonly Tool[] {
  kept ??= JSON.parse(readFileSync(new URL("./tools.json", bundle), "utf8")) as readonly Tool[];
  return kept;
}

/** Says what the tools are to what runs from the sources, where no build has been. */
export function setTools(tools: readonly Tool[]): void {
  kept = tools;
}

/** One request of an operation, as it is proposed and done. */
export interface ToolRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
}

/**
 * A path with its parameters and its query. Throws invalid_input where a parameter is missing, or is no part of a path: a URL
 * with "." or ".." in it is another one.
 */
export function pathOf(path: string, { params, query }: Pick<ToolRequest, "params" | "query">): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = params[name];
    if (!value) throw invalidInput(name, "is required");
    if (/^\.{1,2}$/.test(value) || !value.isWellFormed()) throw invalidInput(name, "is no id");
    return encodeURIComponent(value);
  });
  const asked = new URLSearchParams(query).toString();
  return asked ? `${filled}?${asked}` : filled;
}

/** What a model is told of a tool that is called: the parameters of path and query side by side. */
export function parametersOf({ params, query }: Pick<Tool, "params" | "query">): Schema {
  const { properties = {}, required = [] } = (query ?? {}) as { properties?: object; required?: string[] };
  return {
    type: "object",
    properties: { ...Object.fromEntries(params.map((name) => [name, { type: "string" }])), ...properties },
    required: [...params, ...required],
    additionalProperties: false,
  };
}

/** The arguments of a tool as the request they mean: those of the path, and all others as texts of the query. */
export function requestOf(
  { params }: Pick<Tool, "params">,
  given: Readonly<Record<string, unknown>>,
): ToolRequest {
  const said = Object.entries(given).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, String(value)] as const],
  );
  return {
    params: Object.fromEntries(said.filter(([name]) => params.includes(name))),
    query: Object.fromEntries(said.filter(([name]) => !params.includes(name))),
    body: null,
  };
}
