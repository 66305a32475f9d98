import type { Media } from "../../infra/documents/components.ts";
import type { OpenApi } from "../../infra/documents/document.ts";
import type { Grant } from "../../shared/data/grant.ts";
import { toItem } from "../../shared/data/record-item.ts";
import { type Index, type IndexName, indexes } from "../../shared/data/schema.ts";
import type { Item } from "../../shared/data/table.ts";
import type { AnyRecordType } from "../../shared/domain/record-type.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import * as answers from "../answers.ts";

/** What one successful call of an operation may ask of the table beside its session's read: see budgets.ts. */
export interface Budget {
  readonly actions: readonly string[];
  readonly reads: number;
  readonly writes: number;
}

/** All operations, and their document. */
interface Declared {
  readonly operations: readonly Operation[];
  readonly document: OpenApi;
}

/**
 * The budget that a declaration says: one read of the path's record (and of its parent), one Query of a list, one write
 * of the type that is created, changed, deleted or restored, with a unit for each index that its lists open. Undefined
 * for what does something else.
 */
export function defaultBudget(operation: Operation, declared: Declared = answers): Budget | undefined {
  const { id, record } = operation;
  const read = record ? (record.type.parent ? ["GetItem", "GetItem"] : ["GetItem"]) : [];
  const [, verb = "", noun = ""] = /^([a-z]+)(\w*)$/.exec(id) ?? [];
  if (verb === "get" && "body" in operation.answer && (record || operation.permission !== "public"))
    return { actions: read, reads: read.length, writes: 0 };
  if (verb === "list") return { actions: [...read, "Query"], reads: 2, writes: 0 };
  const type = verb === "create" ? typeOf(noun, declared) : record?.type;
  const writes = type && puts(operation) && unitsOf(verb, type, declared);
  if (!writes) return undefined;
  // Values that only one record may hold are taken, or let go, in the same transaction.
  const held = verb === "update" ? 0 : (type.unique?.length ?? 0);
  return held > 0
    ? { actions: [...read, "TransactWriteItems"], reads: read.length, writes: 2 * (writes + held) }
    : { actions: [...read, "PutItem"], reads: read.length, writes };
}

const puts = ({ access }: Operation) =>
  (access.table as Grant<unknown>).actions.some((action) => action === "dynamodb:PutItem");

/** The type of record that an operation's noun names ("Property"). */
const typeOf = (noun: string, { operations }: Declared): AnyRecordType | undefined =>
  operations.map(({ record }) => record?.type).find((type) => type?.name === noun.toLowerCase());

/** Write units of a write of a type's example, for what creates, changes, deletes or restores it. */
function unitsOf(verb: string, type: AnyRecordType, declared: Declared): number | undefined {
  const item = exampleItem(type, declared);
  if (!item) return undefined;
  const open = (Object.keys(indexes) as IndexName[]).filter((name) => {
    const { partition, sort }: Index = indexes[name];
    return [partition, sort].flatMap(Object.keys).every((attribute) => item[attribute] !== undefined);
  });
  // A job that is to be done is found by its deadline.
  const found = new Set([...open, ...(type.job ? ["due" as const] : [])]);
  // An entry sorted by what each write changes is taken out and put in anew.
  const moved = [...found].filter((name) => ["changed_at", "due_at"].some((by) => by in indexes[name].sort));
  // Names and values are what a table counts of an item.
  const bytes = Buffer.byteLength(JSON.stringify(item).replace(/["{}[\]:,]/g, ""));
  const units = Math.ceil(bytes / 1024) + found.size;
  if (verb === "create") return units;
  if (verb === "update") return units + moved.length;
  // Into the list of what is to be purged, or out of it.
  return verb === "delete" || verb === "restore" ? units + 1 : undefined;
}

/** The item of the record that the document shows. */
function exampleItem(type: AnyRecordType, { operations, document }: Declared) {
  const shows = operations.find(
    ({ id, method, answer, record }) =>
      method === "GET" &&
      "body" in answer &&
      (answer.body === type.fields || (record?.type === type && id.toLowerCase() === `get${type.name}`)),
  );
  if (!shows) return undefined;
  const response = document.paths[shows.path]!.get!.responses[200] as { content: Record<string, Media> };
  const example = Object.entries(response.content["application/json"]!.example as object);
  const fields = Object.fromEntries(example.filter(([name]) => name in type.fields.shape));
  const { id } = fields;
  const written = { by: id, operation: shows.id, request: id };
  return toItem(type, { ...fields, brokerage_id: id, written } as never) as Item;
}
