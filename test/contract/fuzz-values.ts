import * as fc from "fast-check";
import type { JsonSchema } from "../../infra/documents/schema.ts";
import { anyText } from "../any-text.ts";

/** Values that the schema mostly accepts: its examples, its edges, and what lies between them. */
export function likely(schema: JsonSchema): fc.Arbitrary<unknown> {
  const examples = schema.examples?.length ? [fc.constantFrom(...schema.examples)] : [];
  const made = fromKeywords(schema);
  return examples.length > 0 ? fc.oneof({ arbitrary: examples[0]!, weight: 2 }, made) : made;
}

function fromKeywords(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return fc.oneof(...alternatives.map(likely));
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return objectLike(schema);
    case "array": {
      const { minItems = 0, maxItems = 5 } = schema as { minItems?: number; maxItems?: number };
      return fc.array(likely(schema.items ?? {}), {
        minLength: minItems,
        maxLength: Math.min(maxItems, minItems + 4),
      });
    }
    case "string":
      return stringLike(schema);
    case "integer":
      return between(schema, (min, max) => fc.integer({ min: Math.ceil(min), max: Math.floor(max) }));
    case "number":
      return between(schema, (min, max) =>
        fc.oneof(
          fc.double({ min, max, noNaN: true }),
          fc.integer({ min: Math.ceil(min * 4), max: Math.floor(max * 4) }).map((quarters) => quarters / 4),
        ),
      );
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function objectLike({ properties = {}, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, likely(inner)]));
  return fc.record(fields, { requiredKeys: required as string[] });
}

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  date: fc
    .date({ min: new Date("1900-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  "date-time": fc
    .date({ min: new Date("1990-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString()),
};

function stringLike(schema: JsonSchema): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = 300 } = schema as { minLength?: number; maxLength?: number };
  const within = { minLength, maxLength: Math.min(maxLength, minLength + 40) };
  const edges = [minLength, maxLength]
    .filter((length) => length > 0 && length <= 5000)
    .map((length) => "x".repeat(length));
  const format = formats[String(schema.format)];
  if (format) return format;
  const letters = fc.string({ ...within, unit: fc.constantFrom(..."abcdefghijklmnop XYZ0123456789-.") });
  return fc.oneof(
    { arbitrary: letters, weight: 4 },
    { arbitrary: fc.string({ ...within, unit: "grapheme" }), weight: 2 },
    ...(edges.length > 0 ? [{ arbitrary: fc.constantFrom(...edges), weight: 1 }] : []),
  );
}

function between(
  schema: JsonSchema,
  make: (min: number, max: number) => fc.Arbitrary<number>,
): fc.Arbitrary<number> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema as Record<
    string,
    number | undefined
  >;
  const min = minimum ?? exclusiveMinimum ?? -1e6;
  const max = maximum ?? exclusiveMaximum ?? Math.max(1e6, min);
  const near = Math.min(max, min + 100_000);
  return fc.oneof({ arbitrary: make(min, near), weight: 3 }, make(min, max), fc.constantFrom(min, max));
}

/** Strings that break what handles them carelessly. */
export const hostileStrings = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "a\u202eb",
  "😀".repeat(60),
  "x".repeat(20_000),
  "__proto__",
  "constructor",
  "null",
  "-1",
  "1e999",
  "NaN",
  "' OR 1=1 --",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "attribute_exists(pk)",
  "#status = :status",
  "2026-02-30",
  "2026-13-01T00:00:00.000Z",
];

/** JSON values of any kind, the awkward ones above all. */
export const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...hostileStrings),
  fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 0.1, 1e21, -1e308, 2 ** 53, [], {}, [[]], [null]),
  fc.constantFrom<unknown>({ $ref: "#" }, { pk: "x", sk: "record" }, { S: "x" }, { length: 1e9 }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  anyText,
  fc.jsonValue({ maxDepth: 2 }),
);

/** The value with one place in it changed: replaced, taken out, added to, or doubled. */
export function mutated(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const steps = fc.record({
    value,
    where: fc.array(fc.nat(20), { maxLength: 4 }),
    how: fc.constantFrom("replace", "remove", "add"),
    name: fc.oneof(
      fc.constantFrom("__proto__", "constructor", "id", "version", "brokerage_id", "role", "pk"),
      fc.string(),
    ),
    junk: hostile,
  });
  return steps.map(({ value, where, how, name, junk }) => {
    // JSON.stringify keeps an own "__proto__"; an assignment would not make one.
    const copy = JSON.parse(JSON.stringify(value) ?? "null");
    return change(copy, where, how, name, junk);
  });
}

function change(
  value: unknown,
  [at, ...deeper]: readonly number[],
  how: string,
  name: string,
  junk: unknown,
): unknown {
  if (typeof value !== "object" || value === null || at === undefined) return junk;
  const entries = Object.entries(value);
  const [key, inner] = entries[at % Math.max(entries.length, 1)] ?? [];
  const rebuild = Array.isArray(value)
    ? (changed: readonly (readonly [string, unknown])[]) => changed.map(([, one]) => one)
    : (changed: readonly (readonly [string, unknown])[]) => Object.fromEntries(changed);
  const others = entries.filter(([one]) => one !== key);
  if (key !== undefined && typeof inner === "object" && inner !== null && deeper.length > 0)
    return rebuild(entries.map(([k, v]) => [k, k === key ? change(v, deeper, how, name, junk) : v]));
  if (how === "add" || key === undefined) return rebuild([...entries, [name, junk]]);
  if (how === "remove") return rebuild(others);
  return rebuild(entries.map(([k, v]) => [k, k === key ? junk : v]));
}
