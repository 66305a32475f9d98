import * as fc from "fast-check";
import type { OperationObject } from "../../infra/documents/document.ts";
import type { JsonSchema } from "../../infra/documents/schema.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { bodyTypes, maxBodyBytes, needsIfMatch, takesIdempotencyKey } from "../../shared/entry/request.ts";
import { document, inPlace } from "../answers.ts";
import { anyText } from "../any-text.ts";
import { hostile, hostileStrings, likely, mutated } from "./fuzz-values.ts";

/** A request as the fuzzer sends it. Undefined leaves a part as a good caller would send it. */
export interface FuzzRequest {
  readonly token: string | undefined;
  /** Path parameters that differ from the record's. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
  readonly contentType: string | undefined;
  readonly ifMatch: string | undefined | null;
  readonly idempotencyKey: string | undefined;
}

/** The operation's entry in the OpenAPI document. */
export const documented = ({ path, method }: Operation): OperationObject =>
  document.paths[path]![method.toLowerCase()]!;

/** The schema of an operation's body in the document, and its example; undefined where there is none. */
export function bodySchema(
  operation: Operation,
): { readonly schema: JsonSchema; readonly example?: unknown } | undefined {
  const [media] = Object.values(documented(operation).requestBody?.content ?? {});
  return media && { ...media, schema: inPlace(media.schema) };
}

/** The parameters of one kind in the document. */
export function parametersIn(operation: Operation, kind: "path" | "query") {
  return documented(operation).parameters.flatMap((parameter) =>
    parameter.in === kind ? [{ name: parameter.name!, schema: inPlace(parameter.schema!) }] : [],
  );
}

/**
 * Requests to an operation: some as they should be, most with one part or two mutated. `good` (1..100) says how many
 * are left as they should be, at most; `example` is a body that is accepted.
 */
export function requests(operation: Operation, good: number, example: unknown): fc.Arbitrary<FuzzRequest> {
  const weight = Math.ceil(good / 3);
  const rarely = <T>(usual: T, junk: fc.Arbitrary<T>, times = 1): fc.Arbitrary<T> =>
    fc.oneof({ arbitrary: fc.constant(usual), weight }, { arbitrary: junk, weight: times });
  const text = fc.oneof(fc.constantFrom(...hostileStrings), anyText);
  const header = fc.string({ unit: "grapheme-ascii" });
  const names = parametersIn(operation, "path").map(({ name }) => name);
  return fc.record({
    token: rarely<string | undefined>(undefined, header),
    params: rarely(
      {},
      names.length > 0
        ? fc.record(Object.fromEntries(names.map((name) => [name, nonEmpty(text)])))
        : fc.constant({}),
    ),
    query: queryOf(operation, text, weight),
    body: bodyOf(operation, good, example),
    contentType: bodySchema(operation)
      ? rarely<string | undefined>(bodyTypes[operation.method]?.[0], fc.oneof(fc.constant(undefined), header))
      : fc.constant(undefined),
    ifMatch: needsIfMatch(operation)
      ? rarely<string | undefined | null>(
          undefined,
          fc.oneof(fc.constantFrom(null, '"0"', "*", "1", '"x"'), header),
          3,
        )
      : fc.constant(undefined),
    idempotencyKey: takesIdempotencyKey(operation)
      ? rarely<string | undefined>(undefined, fc.oneof(fc.uuid(), text))
      : fc.constant(undefined),
  });
}

const nonEmpty = (text: fc.Arbitrary<string>) => text.filter((value) => value !== "");

type Query = Readonly<Record<string, string>>;

function queryOf(operation: Operation, text: fc.Arbitrary<string>, weight: number): fc.Arbitrary<Query> {
  const known = parametersIn(operation, "query").filter(({ name }) => name !== "cursor");
  const good: fc.Arbitrary<Query> = fc.record(
    Object.fromEntries(known.map(({ name, schema }) => [name, likely(schema).map(String)])),
    { requiredKeys: [] },
  ) as fc.Arbitrary<Query>;
  const names = [...parametersIn(operation, "query").map(({ name }) => name), "x", "__proto__"];
  const bad: fc.Arbitrary<Query> = fc
    .tuple(good, fc.constantFrom(...names), text)
    .map(([query, name, value]) => Object.fromEntries([...Object.entries(query), [name, value]]));
  return known.length > 0
    ? fc.oneof(good, bad)
    : fc.oneof({ arbitrary: fc.constant({}), weight }, { arbitrary: bad, weight: 1 });
}

function bodyOf(operation: Operation, good: number, example: unknown): fc.Arbitrary<string> {
  const described = bodySchema(operation);
  if (!described)
    return fc.oneof({ arbitrary: fc.constantFrom("", "{}", " "), weight: Math.ceil(good / 3) }, fc.json());
  const value = fc.oneof(
    { arbitrary: fc.constant(example), weight: 1 },
    { arbitrary: likely(described.schema), weight: 2 },
  );
  const asText = (made: fc.Arbitrary<unknown>) => made.map((one) => JSON.stringify(one) ?? "");
  return fc.oneof(
    { arbitrary: asText(value), weight: good },
    { arbitrary: asText(mutated(value)), weight: 100 - good },
    { arbitrary: asText(hostile), weight: 10 },
    { arbitrary: brokenText(asText(value)), weight: 10 },
  );
}

const brokenText = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    fc.tuple(text, fc.nat(200)).map(([whole, at]) => whole.slice(0, at)),
    fc.tuple(text, fc.string()).map(([whole, tail]) => whole + tail),
    fc.constantFrom(
      "",
      "[",
      "[".repeat(50_000),
      `"${"x".repeat(maxBodyBytes)}"`,
      '{"a":1,}',
      "NaN",
      "\ufeff{}",
    ),
  );
