import * as z from "zod/mini";

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
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

/** The JSON Schema of what goes `in` (before transforms) or comes `out` (after them). */
export function jsonSchema(schema: z.ZodMiniType, direction: "in" | "out"): JsonSchema {
  const io = direction === "in" ? "input" : "output";
  const { $schema: _, ...converted } = z.toJSONSchema(schema, { io, override: keepExamples }) as JsonSchema;
  return withoutSafeIntegers(converted) as JsonSchema;
}

/** zod takes the examples of what is transformed for examples of what comes out; ours say what goes in. */
const keepExamples: NonNullable<Parameters<typeof z.toJSONSchema>[1]>["override"] = ({
  zodSchema,
  jsonSchema,
}) => {
  const { examples } = z.globalRegistry.get(zodSchema) ?? {};
  if (Array.isArray(examples)) jsonSchema.examples = examples;
};

/** zod bounds every integer by what a double holds exactly: true, and noise in a document. */
function withoutSafeIntegers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSafeIntegers);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      (name === "maximum" && inner === Number.MAX_SAFE_INTEGER) ||
      (name === "minimum" && inner === Number.MIN_SAFE_INTEGER)
        ? []
        : [[name, withoutSafeIntegers(inner)]],
    ),
  );
}

/** An example that the schema accepts: its own, else made from its parts; throws where a part needs one by hand. */
export function exampleOf(schema: JsonSchema, at: string): unknown {
  if (schema.examples?.length) return schema.examples[0];
  if ("const" in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  if ("default" in schema) return schema.default;
  const alternative = (schema.anyOf ?? schema.oneOf)?.[0];
  if (alternative) return exampleOf(alternative, at);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, inner]) => [
          name,
          exampleOf(inner, `${at}/${name}`),
        ]),
      );
    case "array":
      return schema.items && schema.maxItems !== 0 ? [exampleOf(schema.items, `${at}/items`)] : [];
    case "string":
      return stringExample(schema, at);
    case "integer":
    case "number":
      return numberExample(schema);
    case "boolean":
      return true;
    case "null":
      return null;
    case undefined:
      return {};
    default:
      throw new Error(`${at}: no example for the type ${schema.type}`);
  }
}

const formats: Readonly<Record<string, string>> = {
  date: "2026-03-02",
  "date-time": "2026-03-02T17:05:00.000Z",
  uri: "https://example.com/",
  uuid: "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f",
  email: "ada.agent@emerald.example",
};

function stringExample(schema: JsonSchema, at: string): string {
  const { minLength = 0, maxLength = 200 } = schema as { minLength?: number; maxLength?: number };
  const patterns = [schema, ...(schema.allOf ?? [])].flatMap(({ pattern }) =>
    pattern ? [String(pattern)] : [],
  );
  const name = at.split("/").at(-1)!.replaceAll("_", " ");
  const words = (name[0]!.toUpperCase() + name.slice(1)).padEnd(minLength, ".").slice(0, maxLength);
  const fits = (text: string) => patterns.every((pattern) => new RegExp(pattern, "u").test(text));
  const made = [formats[String(schema.format)] ?? words, ...Object.values(formats)].find(fits);
  if (made !== undefined) return made;
  throw new Error(
    `${at}: give its schema an example (z.meta({ examples: [...] })), none can be made from its pattern`,
  );
}

function numberExample(schema: JsonSchema): number {
  const { minimum, exclusiveMinimum, maximum } = schema as Record<string, number | undefined>;
  const least = minimum ?? (exclusiveMinimum === undefined ? 0 : exclusiveMinimum + 1);
  const wished = Math.max(least, 1);
  return maximum !== undefined && wished > maximum ? least : wished;
}
