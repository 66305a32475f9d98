import { expect, test } from "vitest";
import * as z from "zod/mini";
import { createBrokerage } from "../../functions/identity/create-brokerage.ts";
import { login } from "../../functions/identity/login.ts";
import { refreshSession } from "../../functions/identity/refresh-session.ts";
import { areas } from "../../functions/index.ts";
import { idOf, ids } from "../../infra/documents/examples/ids.ts";
import { conventionalNames, ownNames } from "../../infra/documents/names.ts";
import { openApi } from "../../infra/documents/openapi.ts";
import { jsonSchema } from "../../infra/documents/schema.ts";
import { problems } from "../../shared/domain/problem.ts";
import { document, inPlace, operations } from "../answers.ts";
import { isLeft, left } from "../document-findings.ts";
import { lint } from "../document-lint.ts";
import { showings } from "../showings.ts";

test("linters find nothing but what is explained, and all that is explained", async () => {
  const findings = await lint(document);
  expect(findings.filter((finding) => !isLeft(finding))).toEqual([]);
  for (const { rule, at } of left) {
    const met = findings.some((finding) => finding.rule === rule && (!at || at.test(finding.at)));
    expect(met, `${rule} ${at} is explained and not found`).toBe(true);
  }
});

test("the linters see what is wrong", async () => {
  const { servers: _, ...broken } = JSON.parse(JSON.stringify(openApi({ identity: [createBrokerage] })));
  const { post } = broken.paths["/v1/brokerages"];
  delete broken.components.schemas.Person.properties.first_name.maxLength;
  post.responses[201].content["application/json"].example = { id: 1 };
  const findings = await lint(broken);
  expect(findings.map(({ rule }) => rule)).toEqual(
    expect.arrayContaining([
      "oas3-api-servers",
      "no-empty-servers",
      "owasp:api4:2023-string-limit",
      "oas3-valid-media-example",
      "no-invalid-media-type-examples",
    ]),
  );
});

test("every body and every JSON answer is a named schema with an example that it takes", () => {
  const nameless = operations.flatMap(({ id, path, method }) => {
    const { requestBody, responses } = document.paths[path]![method.toLowerCase()]!;
    const answers = Object.values(responses).map((response) =>
      "$ref" in response ? document.components.responses[response.$ref.split("/").at(-1)!]! : response,
    );
    return [requestBody, ...answers].flatMap((part) =>
      Object.entries(part?.content ?? {})
        .filter(([type]) => type.includes("json") && id !== "getOpenapi")
        .filter(
          ([, { schema, example }]) => !example || (!schema.$ref && !schema.oneOf?.every((one) => one.$ref)),
        )
        .map(([type]) => `${id} ${type}`),
    );
  });
  expect(nameless).toEqual([]);
});

test("every list takes limit and cursor", () => {
  const refusing = operations.filter(({ answer, query }) => {
    const listed = "body" in answer && (answer.body as { shape?: object } | undefined)?.shape;
    if (!listed || !("next_cursor" in listed)) return false;
    const taken = (query as { shape?: object } | undefined)?.shape ?? {};
    return !("limit" in taken && "cursor" in taken);
  });
  expect(refusing.map(({ id }) => id)).toEqual([]);
});

test("a new type of record has names, examples and a description, and linters find nothing in it", async () => {
  const made = openApi({ ...areas, showings });
  expect(made.tags.at(-1)).toEqual({ name: "showings", description: "Showings" });
  const names = Object.keys(made.components.schemas).filter((name) => name.includes("Showing"));
  expect(names).toEqual(["ShowingSummary", "ShowingPage", "NewShowing", "Showing", "ShowingPatch"]);
  const examples = Object.values(made.paths["/v1/showings"]!).flatMap(({ requestBody, responses }) =>
    [requestBody, responses[200], responses[201]].flatMap((part) =>
      part && "content" in part ? [part.content!["application/json"]!.example] : [],
    ),
  );
  const written = {
    title: "Craftsman near Green Lake",
    starts_at: "2026-03-02T17:05:00.000Z",
    minutes: 15,
  };
  const notes = "Agreed by phone; the key is at the office";
  const listed = {
    id: idOf("showing"),
    version: 1,
    created_at: "2026-03-02T17:05:00.000Z",
    updated_at: "2026-03-02T17:05:00.000Z",
    owner_user_id: ids.agent,
    ...written,
    minutes: 1,
    property_id: ids.property,
  };
  expect(examples).toEqual([
    { items: [listed], next_cursor: null },
    { ...written, notes },
    { ...listed, notes },
  ]);
  // By itself: the others were looked at above. It uses few of the problems.
  const found = await lint(openApi({ showings }));
  const unused = ["oas3-unused-component", "no-unused-components"];
  expect(found.filter((finding) => !unused.includes(finding.rule) && !isLeft(finding))).toEqual([]);
});

test("what is called twice, or needs an example that nobody can guess, fails the build", () => {
  const made = (some: Parameters<typeof openApi>[0]) => () => openApi(some);
  const shared = z.strictObject({ title: z.string() });
  const body = z.strictObject({ key: z.string().check(z.regex(/^k-\d{4}$/)) });
  expect(made({ identity: [{ ...login, id: "doThis", body }] })).toThrow(
    "DoThisRequest needs an example of key",
  );
  expect(
    made({
      identity: [
        { ...login, body: shared },
        { ...refreshSession, body: shared },
      ],
    }),
  ).toThrow("RefreshSessionRequest is LoginRequest: name the schema");
  const another = { ...login, body: shared };
  expect(made({ identity: [login], elsewhere: [another] })).toThrow("LoginRequest names two schemas");
});

test("no name is written that an operation gives", () => {
  const given = conventionalNames(operations);
  for (const [name, schema] of Object.entries(ownNames)) expect(given.get(schema), name).not.toBe(name);
});

test("a client can tell every problem that an operation answers by its code", () => {
  for (const [name, { content }] of Object.entries(document.components.responses)) {
    const schema = content?.["application/problem+json"]?.schema;
    if (!schema) continue;
    const codes = (schema.oneOf ?? [schema]).map((one) => inPlace(one).properties?.code?.const);
    for (const code of codes) expect(Object.keys(problems), name).toContain(code);
    expect(new Set(codes).size, name).toBe(codes.length);
  }
});

/** What ECMAScript without the u flag, Java, RE2 and Python read alike: no \p, no look-around, no escapes of one of them. */
const portable = /^(?:[^\\(]|\\[dsSwW.\\/[\]nrt]|\\x[0-9a-f]{2}|\((?!\?)|\(\?:)*$/;

test("a pattern among the metadata stands for those of the code", () => {
  const letters = z
    .string()
    .check(z.regex(/^\p{L}+$/u), z.regex(/^\P{Lu}+$/u), z.meta({ pattern: "^\\S+$" }));
  expect(jsonSchema(letters, "in").schema).toEqual({ type: "string", pattern: "^\\S+$" });
});

test("common languages compile every pattern of the document", () => {
  const patterns = new Set<string>();
  JSON.parse(JSON.stringify(document), (name, value) => {
    if (name === "pattern" && typeof value === "string") patterns.add(value);
    return value;
  });
  expect(patterns.size).toBeGreaterThan(10);
  for (const pattern of patterns) {
    expect(pattern).toMatch(portable);
    for (const flags of ["", "u"]) expect(() => new RegExp(pattern, flags), pattern).not.toThrow();
    // Java takes a bare [ in a class for the start of another one.
    expect(pattern.replace(/\\./g, "")).not.toMatch(/\[[^\]]*\[/);
  }
  for (const strange of ["^\\p{L}+$", "(?=a)", "(?<name>a)", "\\u{1F600}", "\\bword", "\\v"])
    expect(strange).not.toMatch(portable);
});
