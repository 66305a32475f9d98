import { createConfig, lintFromString } from "@redocly/openapi-core";
import { type RulesetDefinition, Spectral } from "@stoplight/spectral-core";
import owaspModule from "@stoplight/spectral-owasp-ruleset";
import { oas } from "@stoplight/spectral-rulesets";
import type { OpenApi } from "../infra/documents/document.ts";

/** What a linter says of a place in the document. */
export interface Finding {
  readonly rule: string;
  /** The steps to the place, with spaces between. */
  readonly at: string;
  readonly message: string;
}

// Its types describe the CommonJS module, not what an import of it answers.
const owasp = owaspModule as unknown as RulesetDefinition;

/** Rules about how much may be sent: they are asked of what is sent to the API, not of what it answers. */
const limits = ["array-limit", "string-limit", "string-restricted", "integer-limit"].map(
  (rule) => `owasp:api4:2023-${rule}`,
);

/** Findings of Redocly's recommended rules, of `spectral:oas` and of Spectral's OWASP rules. */
export async function lint(document: OpenApi): Promise<Finding[]> {
  return [
    ...(await spectral(sharedOnce(document), oas as RulesetDefinition)),
    ...(await spectral(document, { extends: [owasp], rules: severities("off") })),
    ...(await spectral(requestsOf(document), { extends: [[owasp, "off"]], rules: severities("error") })),
    ...(await redocly(document)),
  ];
}

const severities = (severity: "error" | "off") => Object.fromEntries(limits.map((rule) => [rule, severity]));

async function spectral(document: object, ruleset: RulesetDefinition): Promise<Finding[]> {
  const linter = new Spectral();
  linter.setRuleset(ruleset);
  const found = await linter.run(structuredClone(document) as Record<string, unknown>);
  return found.map(({ code, path, message }) => ({ rule: String(code), at: path.join(" "), message }));
}

async function redocly(document: object): Promise<Finding[]> {
  const config = await createConfig({ extends: ["recommended"] });
  const source = JSON.stringify(document);
  const found = await lintFromString({ source, absoluteRef: "openapi.json", config });
  return found.map(({ ruleId, location: [place], message }) => {
    const steps = place?.pointer?.replace(/^#\//, "").split("/") ?? [];
    const at = steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~")).join(" ");
    return { rule: ruleId, at, message };
  });
}

/** The document with each shared answer in one operation: Spectral would check its example wherever it is. */
function sharedOnce(document: OpenApi): object {
  const seen = new Set<string>();
  return JSON.parse(JSON.stringify(document), (_, inner) => {
    const repeated = inner?.$ref?.startsWith("#/components/responses/") && seen.has(inner.$ref);
    if (inner?.$ref) seen.add(inner.$ref);
    return repeated ? undefined : inner;
  });
}

/** The document without its answers. A pattern that repeats nothing without end says how long a text may be. */
function requestsOf({ paths, components: { schemas, parameters }, ...rest }: OpenApi): object {
  const named = Object.fromEntries(
    Object.keys(schemas).map((name) => [`#/components/schemas/${name}`, schemas[name]]),
  );
  const requests = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (name, inner) => {
      if (name === "responses") return {};
      if (inner?.$ref in named) return requests(named[inner.$ref]);
      return typeof inner?.pattern === "string" && isBounded(inner.pattern)
        ? { maxLength: 0, ...inner }
        : inner;
    });
  return { ...rest, paths: requests(paths), components: { parameters } };
}

const isBounded = (pattern: string) => !/[*+]|\{\d+,\}/.test(pattern.replace(/\\.|\[[^\]]*\]/g, ""));
