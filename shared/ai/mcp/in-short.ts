type Schema = Readonly<Record<string, unknown>>;

/**
 * A JSON Schema in as few words as a model needs, one line: `{ title: string, status?: "active" | "sold" }`.
 * What the words leave out (patterns, examples) is checked when it is sent.
 */
export function inShort(schema: Schema): string {
  const { description } = schema;
  const said = typeof description === "string" ? ` (${description})` : "";
  return `${formOf(schema)}${said}`;
}

function formOf(schema: Schema): string {
  const options = (schema.anyOf ?? schema.oneOf) as readonly Schema[] | undefined;
  if (options) return options.map(inShort).join(" | ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.type === "array") return `[${inShort((schema.items ?? {}) as Schema)}, ...]`;
  if (schema.type === "object") return objectOf(schema);
  const { format, type = "anything" } = schema;
  return String(type === "string" && typeof format === "string" ? format : type);
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties as Readonly<Record<string, Schema>>).map(
    ([name, field]) => `${name}${(required as string[]).includes(name) ? "" : "?"}: ${inShort(field)}`,
  );
  const others =
    typeof additionalProperties === "object" ? [`[name]: ${inShort(additionalProperties as Schema)}`] : [];
  return `{ ${[...fields, ...others].join(", ")} }`;
}
