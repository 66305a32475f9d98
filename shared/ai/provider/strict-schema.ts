/** The keywords that OpenAI's strict mode takes (its guide "Structured outputs"); others are an error there. */
const keywords = new Set([
  ...["type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf"],
  ...["$ref", "$defs", "title", "description", "pattern", "format"],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems"],
]);
type Schema = Readonly<Record<string, unknown>>;

/** A JSON Schema to be sent, without the address of its dialect, and whether strict mode would take it. */
export function schemaSent(schema: object): {
  readonly schema: Record<string, unknown>;
  readonly strict: boolean;
} {
  const { $schema: _, ...rest } = schema as Record<string, unknown>;
  return { schema: rest, strict: rest.type === "object" && isStrict(rest) };
}

/** Whether every object in it is closed and requires all that it has, and no keyword is unknown to strict mode. */
function isStrict(schema: unknown): boolean {
  if (!isSchema(schema)) return false;
  if (Object.keys(schema).some((key) => !keywords.has(key))) return false;
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const closed =
    schema.additionalProperties === false && Object.keys(properties).every((key) => required.has(key));
  if (schema.type === "object" && !closed) return false;
  return [
    ...Object.values(properties),
    ...(isSchema(schema.$defs) ? Object.values(schema.$defs) : []),
    ...(Array.isArray(schema.anyOf) ? schema.anyOf : []),
    ...(schema.items === undefined ? [] : [schema.items]),
  ].every(isStrict);
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);
