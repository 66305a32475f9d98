import { isDeepStrictEqual } from "node:util";
import type * as z from "zod/mini";
import type { Operation } from "../../shared/entry/definition.ts";
import { exampleOf } from "./example.ts";
import { examples } from "./examples.ts";
import { Names } from "./names.ts";
import { type JsonSchema, jsonSchema } from "./schema.ts";

/** What a body or an answer is: a reference to its schema, and a believable example. */
export interface Media {
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

/** The named schemas of the document, each defined once. */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};
  private readonly names: Names;
  private readonly nameless = new Map<z.ZodMiniType, string>();

  constructor(operations: readonly Operation[]) {
    this.names = new Names(operations);
  }

  /** Adds a schema; throws where another of this name has another form. */
  define(name: string, schema: JsonSchema): { readonly $ref: string } {
    const known = this.schemas[name];
    if (known && !isDeepStrictEqual(known, schema))
      throw new Error(`${name} names two schemas, or one that differs in bodies and answers`);
    this.schemas[name] = schema;
    return { $ref: `#/components/schemas/${name}` };
  }

  /** Adds the schema of an operation's body or answer; throws where it needs a name, or an example of a field. */
  media(operation: Operation, part: "Request" | "Response", schema: z.ZodMiniType): Media {
    const name = this.names.in(operation, part, schema);
    if (!this.names.of(schema) && (this.nameless.get(schema) ?? name) !== name)
      throw new Error(`${name} is ${this.nameless.get(schema)}: name the schema in infra/documents/names.ts`);
    this.nameless.set(schema, name);
    const converted = jsonSchema(schema, part === "Request" ? "in" : "out", (inner) => this.names.of(inner));
    for (const [inner, definition] of Object.entries(converted.named)) this.define(inner, definition);
    const reference = converted.schema.$ref ? converted.schema : this.define(name, converted.schema);
    const item = this.names.ofItem(schema);
    const ofPage = item && (examples[name] ?? { items: [this.example(item)], next_cursor: null });
    const example = ofPage ?? this.example(name);
    return { schema: reference, example };
  }

  /** The example that is written of a schema, or one that its fields make. */
  private example(name: string): unknown {
    return examples[name] ?? exampleOf(name, this.schemas[name]!, (inner) => this.example(inner));
  }
}

/** Whether a body or an answer is a record: it has a version. */
export const isVersioned = ({ example }: Media) => "version" in (example as object);
