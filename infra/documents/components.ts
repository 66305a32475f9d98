import { isDeepStrictEqual } from "node:util";
import type * as z from "zod/mini";
import type { Operation } from "../../shared/entry/definition.ts";
import { examples } from "./examples.ts";
import { itemOf, nameIn, nameOf } from "./names.ts";
import { type JsonSchema, jsonSchema } from "./schema.ts";

/** What a body or an answer is: a reference to its schema, and a believable example. */
export interface Media {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

/** The named schemas of the document, each defined once. */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};
  private readonly nameless = new Map<z.ZodMiniType, string>();

  /** Adds a schema; throws where another of this name has another form. */
  define(name: string, schema: JsonSchema): { readonly $ref: string } {
    const known = this.schemas[name];
    if (known && !isDeepStrictEqual(known, schema))
      throw new Error(`${name} names two schemas, or one that differs in bodies and answers`);
    this.schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** Adds the schema of an operation's body or answer; throws where it has no example, or needs a name. */
  media(operation: Operation, part: "Request" | "Response", schema: z.ZodMiniType): Media {
    const name = nameIn(operation, part, schema);
    if (!nameOf(schema) && (this.nameless.get(schema) ?? name) !== name)
      throw new Error(`${name} is ${this.nameless.get(schema)}: name the schema in infra/documents/names.ts`);
    this.nameless.set(schema, name);
    const converted = jsonSchema(schema, part === "Request" ? "in" : "out", nameOf);
    for (const [inner, definition] of Object.entries(converted.named)) this.define(inner, definition);
    const reference = converted.schema.$ref ? converted.schema : this.define(name, converted.schema);
    return { schema: reference, example: exampleOf(name, itemOf(schema)) };
  }
}

/** Whether a body or an answer is a record: it has a version. */
export const isVersioned = ({ example }: Media) => "version" in (example as object);

function exampleOf(name: string, item: string | undefined): unknown {
  if (item) return { items: [exampleOf(item, undefined)], next_cursor: null };
  const example = examples[name];
  if (example === undefined) throw new Error(`Write an example of ${name} in infra/documents/examples.ts`);
  return example;
}
