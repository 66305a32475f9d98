import { idOf } from "./examples/ids.ts";
import type { JsonSchema } from "./schema.ts";

/** What fields of a name hold, where neither their metadata nor their schema says. */
const usual: Readonly<Record<string, string | number>> = {
  title: "Craftsman near Green Lake",
  name: "Green Lake",
  first_name: "Nora",
  last_name: "Lindqvist",
  email: "nora@emerald.example",
  phone: "+12065550142",
  description: "Two blocks from the lake, with a fenced yard",
  notes: "Agreed by phone; the key is at the office",
  reason: "Agreed by phone",
  address: "7420 Woodlawn Ave NE",
  city: "Seattle",
  state_or_province: "WA",
  postal_code: "98115",
  country: "US",
  currency: "USD",
  price: 725_000,
  lat: 47.6826,
  lng: -122.3275,
};

const usualOfFormat: Readonly<Record<string, string>> = {
  "date-time": "2026-03-02T17:05:00.000Z",
  date: "2026-03-02",
  time: "17:05:00",
  email: "nora@emerald.example",
  uri: "https://example.com/green-lake",
};

/**
 * An example of a named schema, made of its fields: what their metadata says, else what fields of this name or format
 * usually hold. `named` answers the example of a schema that it refers to. Throws for a text that the schema refuses.
 */
export function exampleOf(name: string, schema: JsonSchema, named: (name: string) => unknown): unknown {
  const isBody = /^New[A-Z]|(Patch|Request)$/.test(name);
  const record = inWords(name.replace(/^New(?=[A-Z])|(Patch|Request|Response|Summary)$/g, ""));

  function of(field: string, schema: JsonSchema): unknown {
    const { $ref, examples, anyOf, oneOf = anyOf } = schema;
    if ($ref) return named($ref.split("/").at(-1)!);
    if (isId(schema)) return idOf(field === "id" ? record : field);
    if (oneOf) return of(field, oneOf.find(({ type }) => type !== "null") ?? {});
    const [said] = [...(examples ?? []), schema.const, schema.default, ...(schema.enum ?? [])].filter(
      (value) => value !== undefined,
    );
    return said === undefined ? typical(field, schema) : said;
  }

  function typical(field: string, schema: JsonSchema): unknown {
    switch ([schema.type].flat().find((type) => type !== "null")) {
      case "object":
        return fields(schema);
      case "array":
        return schema.items ? [of(field.replace(/s$/, ""), schema.items)] : [];
      case "boolean":
        return field.startsWith("is_");
      case "integer":
      case "number":
        return number(schema, usual[field]);
      default:
        return text(field, schema);
    }
  }

  function fields({ properties = {}, required = [] }: JsonSchema): object {
    // An optional id in a body names a record that whoever tries the example does not have.
    const told = Object.entries(properties).filter(
      ([field, schema]) => !isBody || required.includes(field) || !isId(schema),
    );
    return Object.fromEntries(told.map(([field, schema]) => [field, of(field, schema)]));
  }

  function text(field: string, schema: JsonSchema): string {
    const { format, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY, allOf = [] } = schema;
    const words = `${inWords(field)} of the ${record}`;
    const known = usualOfFormat[String(format)] ?? usual[field] ?? words[0]!.toUpperCase() + words.slice(1);
    const made = String(known).slice(0, Number(maxLength)).trim();
    const patterns = [pattern, ...allOf.map((part) => part.pattern)].filter((one) => typeof one === "string");
    if (made.length < Number(minLength) || !patterns.every((one) => new RegExp(one).test(made)))
      throw new Error(
        `${name} needs an example of ${field}: in z.meta, or of all in infra/documents/examples.ts`,
      );
    return made;
  }

  return of("", schema);
}

/** A number within the schema's bounds: `wanted`, or 1, or what is next to it. */
function number(schema: JsonSchema, wanted: unknown): number {
  const { minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity, multipleOf = 0 } = schema;
  const least = Math.max(Number(minimum), Number(exclusiveMinimum) + 1);
  const value = Math.min(Math.max(typeof wanted === "number" ? wanted : 1, least), Number(maximum));
  const step = Number(multipleOf);
  return step ? Math.ceil(value / step) * step : value;
}

const isId = ({ format, anyOf = [] }: JsonSchema): boolean => format === "uuid" || anyOf.some(isId);

/** `ShowingSlot` and `showing_slot` as "showing slot". */
const inWords = (name: string) =>
  name
    .replace(/(?<=[a-z0-9])[A-Z]/g, " $&")
    .replaceAll("_", " ")
    .toLowerCase();
