import * as z from "zod/mini";

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
}

/** A schema, and the named ones that it refers to as `#/components/schemas/<name>`. */
export interface Converted {
  readonly schema: JsonSchema;
  readonly named: Readonly<Record<string, JsonSchema>>;
}

/** The JSON Schema of what goes `in` (before transforms) or comes `out` (after them). */
export function jsonSchema(
  schema: z.core.$ZodType,
  direction: "in" | "out",
  nameOf: (schema: z.core.$ZodType) => string | undefined = () => undefined,
): Converted {
  const io = direction === "in" ? "input" : "output";
  const metadata = named(nameOf);
  const converted = z.toJSONSchema(schema, { io, metadata, override: ownWords });
  const { $schema: _, $defs = {}, ...root } = portable(converted) as JsonSchema;
  return { schema: root, named: $defs as Converted["named"] };
}

/** The metadata beside the schemas, with the name of each that has one. */
function named(nameOf: (schema: z.core.$ZodType) => string | undefined): typeof z.globalRegistry {
  const registry = Object.create(z.globalRegistry) as typeof z.globalRegistry;
  registry.get = (schema) => {
    const id = nameOf(schema);
    const own = z.globalRegistry.get(schema);
    return id === undefined ? own : { ...own, id };
  };
  return registry;
}

/**
 * What metadata says goes before what zod derives: examples are of what goes in (zod takes those of what is transformed
 * for what comes out), and a `pattern` stands for those of the code, which may be in words of ECMAScript alone.
 */
const ownWords: NonNullable<Parameters<typeof z.toJSONSchema>[1]>["override"] = ({
  zodSchema,
  jsonSchema,
}) => {
  const { examples, pattern } = z.globalRegistry.get(zodSchema) ?? {};
  if (Array.isArray(examples)) jsonSchema.examples = examples;
  if (typeof pattern === "string") delete jsonSchema.allOf;
};

/** Says what generators and linters look for: where components stand, and how wide integers are. */
function portable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(portable);
  if (typeof value !== "object" || value === null) return value;
  const schema = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, portable(inner)]));
  if (typeof schema.$ref === "string") schema.$ref = schema.$ref.replace("#/$defs/", "#/components/schemas/");
  return schema.type === "integer" ? integer(schema) : schema;
}

/** zod bounds every integer by what a double holds exactly: true, and noise in a document. */
function integer(schema: JsonSchema): JsonSchema {
  const { minimum, maximum, ...rest } = schema as { minimum?: number; maximum?: number };
  const least = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const narrow = least !== undefined && most !== undefined && least >= -(2 ** 31) && most < 2 ** 31;
  return {
    ...rest,
    format: narrow ? "int32" : "int64",
    ...(least === undefined ? {} : { minimum: least }),
    ...(most === undefined ? {} : { maximum: most }),
  };
}
