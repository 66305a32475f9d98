import type { Tool, Undo } from "../../shared/ai/tools.ts";
import type { Definition, Operation } from "../../shared/entry/definition.ts";
import { needsIfMatch } from "../../shared/entry/request.ts";
import { routedOperations } from "./openapi.ts";
import { jsonSchema } from "./schema.ts";

/** The operations that an assistant may call or propose, as it sees them: in the order of functions/index.ts. */
export function assistantTools(areas: Readonly<Record<string, readonly Definition[]>>): Tool[] {
  const routed = routedOperations(areas);
  const operations = new Map(routed.map(({ operation }) => [operation.id, operation]));
  const at = (method: string, path: string) =>
    [...operations.values()].find((one) => one.method === method && one.path === path);
  return routed.flatMap(({ area, operation }) => {
    const { id, assistant, protocol, method, path, summary, description = "", query, body } = operation;
    // What offers these very tools in another protocol is none of them.
    if (!assistant || protocol) return [];
    const [record = ""] = /^.*\}/.exec(path) ?? [];
    return {
      name: `${area}_${id.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
      ...{ operation_id: id, kind: assistant, summary, description, method, path },
      params: [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
      query: query ? jsonSchema(query, "in").schema : null,
      body: body ? jsonSchema(body, "in").schema : null,
      needs_version: needsIfMatch(operation),
      reads: method !== "GET" && at("GET", record) ? record : null,
      undo: assistant === "proposes" ? undoOf(operation, operations) : null,
    };
  });
}

/** What takes back what an operation did, by its verb: a created record is deleted, a deleted one restored, a change changed back. */
function undoOf({ id }: Operation, operations: ReadonlyMap<string, Operation>): Undo | null {
  const [, verb = "", noun] = /^([a-z]+)(.*)$/.exec(id) ?? [];
  const inverse = { create: "delete", delete: "restore", update: "update" }[verb];
  const undo = inverse && operations.get(`${inverse}${noun}`);
  if (!undo) return null;
  return {
    operation_id: undo.id,
    method: undo.method,
    path: undo.path,
    needs_version: needsIfMatch(undo),
  };
}
