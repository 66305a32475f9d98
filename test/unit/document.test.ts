import { expect, test } from "vitest";
import * as z from "zod/mini";
import { login } from "../../functions/identity/login.ts";
import { refreshSession } from "../../functions/identity/refresh-session.ts";
import { openApi } from "../../infra/documents/openapi.ts";
import { jsonSchema } from "../../infra/documents/schema.ts";
import { problems } from "../../shared/domain/problem.ts";
import { document, inPlace, operations } from "../answers.ts";
import { type Finding, lint } from "../document-lint.ts";

/** The findings that we leave, by rule and place, and why. */
const left: readonly { readonly rule: string; readonly at?: RegExp; readonly why: string }[] = [
  {
    rule: "info-contact",
    why: "Whom to ask is up to the brokerage that runs it; the source has its own page.",
  },
  {
    rule: "owasp:api2:2023-read-restricted",
    at: /^paths (\/v1\/health|\/openapi\.json|\/docs|\/\.well-known\/jwks\.json|\/v1\/reports\/\{token\}) get/,
    why: "Health, the documentation, public keys, and reports whose link is the proof are for everyone.",
  },
  {
    rule: "owasp:api2:2023-write-restricted",
    at: /^paths \/v1\/(brokerages|auth\/(register|login|refresh)) post/,
    why: "These are how a session begins; guesses are limited in shared/identity/guesses.ts.",
  },
  {
    rule: "owasp:api8:2023-define-error-responses-401",
    at: /^paths (\/v1\/(health|brokerages|auth\/register|reports\/\{token\})|\/openapi\.json|\/docs|\/\.well-known\/jwks\.json) /,
    why: "What asks for no sign-in does not answer 401.",
  },
  {
    rule: "owasp:api2:2023-no-credentials-in-url",
    at: /^paths \/v1\/reports\/\{token\} get/,
    why: "A share link is opened by a person without an account: its URL is all they have. It expires and can be ended.",
  },
  {
    rule: "owasp:api8:2023-define-cors-origin",
    why: "The gateway adds the CORS headers, for the origins that the stage names; those of `uploads` are to be sent.",
  },
  {
    rule: "owasp:api4:2023-rate-limit",
    why: "The gateway limits the rate of the whole stage and tells no client a share of its own in headers.",
  },
  {
    rule: "owasp:api4:2023-string-restricted",
    at: /requestBody content application\/json schema properties (password|current_password|refresh_token)$/,
    why: "It is compared with what is kept, whatever it is; a form would only help to guess.",
  },
  {
    rule: "owasp:api4:2023-string-restricted",
    at: /properties corrections items properties value anyOf 1$/,
    why: "The path beside it decides by which schema the value is read.",
  },
];

const isLeft = ({ rule, at }: Finding) =>
  left.some((one) => one.rule === rule && (one.at === undefined || one.at.test(at)));

test("linters find nothing but what is explained, and all that is explained", async () => {
  const findings = await lint(document);
  expect(findings.filter((finding) => !isLeft(finding))).toEqual([]);
  for (const { rule, at } of left) {
    const met = findings.some((finding) => finding.rule === rule && (!at || at.test(finding.at)));
    expect(met, `${rule} ${at} is explained and not found`).toBe(true);
  }
});

test("the linters see what is wrong", async () => {
  const { servers: _, paths, ...broken } = JSON.parse(JSON.stringify(document));
  const brokerages = paths["/v1/brokerages"];
  delete broken.components.schemas.Person.properties.first_name.maxLength;
  brokerages.post.responses[201].content["application/json"].example = { id: 1 };
  const findings = await lint({ ...broken, paths: { "/v1/brokerages": brokerages } });
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

test("what has no name, no example or no description fails the build", () => {
  const body = z.strictObject({ anything: z.string() });
  const made = (areas: Parameters<typeof openApi>[0]) => () => openApi(areas);
  expect(made({ identity: [{ ...login, id: "doThis", body }] })).toThrow("an example of DoThisRequest");
  expect(
    made({
      identity: [
        { ...login, body },
        { ...refreshSession, body },
      ],
    }),
  ).toThrow("RefreshSessionRequest is LoginRequest: name the schema");
  expect(made({ elsewhere: [login] })).toThrow("what the area elsewhere is about");
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
