import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { definitions } from "../../functions/index.ts";
import { type Bundle, bundle, bundlesIn, type Chunk } from "../../infra/bundle.ts";
import { type Grants, variable } from "../../shared/data/grant.ts";
import type { Definition } from "../../shared/entry/definition.ts";
import { testAssembly } from "../start-cloud.ts";

// What the test clouds run; inside the project, so that native packages, which stay outside the bundles, are found.
const bundles = bundlesIn(join(await testAssembly(), "bundles"));

/** What a start loads: the entry and the chunks that it imports at once. */
function atStart({ chunks }: Bundle): Chunk[] {
  const names = new Set(["index.mjs"]);
  for (const name of names)
    for (const { path, kind } of chunks[name]?.imports ?? []) {
      const file = path.split("/").at(-1)!;
      if (kind === "import-statement" && file in chunks) names.add(file);
    }
  return [...names].map((name) => chunks[name]!);
}

/**
 * Kilobytes (of 1024) at start: a client of DynamoDB; one more client; SES's, in the mailer alone; S3's, which is
 * large, in workers alone; and the one worker that reads files, parses them and sends to its own queue; the assistant's;
 * the effects of all changes.
 */
function budget({ kind, access }: Definition): number {
  const targets = new Set(Object.values(access as Grants).map(({ target }) => target.kind));
  if (targets.has("bucket") && kind !== "http") return targets.has("queue") ? 500 : 420;
  if (targets.has("mail") || kind === "stream") return 305;
  if (targets.has("api") && kind !== "http") return 420;
  return targets.has("queue") || targets.has("secret") ? 290 : 274;
}

/** Why a start would be slow, from what went into the chunks. */
function burdens(chunks: readonly Chunk[]): string[] {
  const inputs = chunks.flatMap((chunk) =>
    Object.entries(chunk.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  const statics = chunks.flatMap((chunk) =>
    chunk.imports.flatMap(({ path, kind }) => (kind === "import-statement" ? [path] : [])),
  );
  return [
    ...statics.filter((path) => /^(node:)?(http|http2|undici)$/.test(path)),
    ...inputs.filter((path) =>
      /node_modules\/(undici|openai|zod\/v4\/(locales|classic)|@aws-sdk\/credential-provider-(ini|process|sso|web-identity|http|login)|@smithy\/credential-provider-imds)\//.test(
        path,
      ),
    ),
  ];
}

const cases = definitions.map((definition) => [definition.id, definition] as const);

test.each(cases)("%s is small and starts with nothing it does not need", (id, definition) => {
  const chunks = atStart(bundles.get(id)!);
  const kilobytes = chunks.reduce((sum, { bytes }) => sum + bytes, 0) / 1024;
  expect(kilobytes).toBeLessThanOrEqual(budget(definition));
  expect(burdens(chunks)).toEqual([]);
});

describe("what a start loads in Node itself", () => {
  const one = (wanted: (definition: Definition) => boolean) => definitions.filter(wanted).slice(0, 1);
  const targets = ({ access }: Definition) =>
    Object.values(access as Grants).map(({ target }) => target.kind);
  const some = [
    ...one((definition) => targets(definition).every((kind) => kind === "table")),
    ...one((definition) => targets(definition).includes("secret")),
    ...one((definition) => targets(definition).includes("queue")),
    ...one((definition) => definition.kind !== "http" && targets(definition).includes("bucket")),
  ];

  test.each(some.map(({ id }) => id))("%s: no undici", (id) => {
    expect(loadsUndici(`await import(${JSON.stringify(entryOf(bundles.get(id)!))});`)).toBe(false);
  });

  test("and the check sees one that does", () => {
    expect(loadsUndici('await import("node:http");')).toBe(true);
  });
});

test("the checks see what they look for", () => {
  const chunk = (inputs: string[], imports: Chunk["imports"] = []): Chunk => ({
    bytes: 1,
    exports: [],
    imports,
    inputs: Object.fromEntries(inputs.map((path) => [path, { bytesInOutput: 1 }])),
  });
  expect(burdens([chunk(["node_modules/zod/v4/locales/de.js"])])).toHaveLength(1);
  expect(burdens([chunk(["node_modules/openai/index.mjs"])])).toHaveLength(1);
  expect(burdens([chunk(["node_modules/@aws-sdk/credential-provider-sso/dist-es/index.js"])])).toHaveLength(
    1,
  );
  expect(
    burdens([chunk([], [{ path: "node:http", kind: "import-statement", external: true }])]),
  ).toHaveLength(1);
  expect(burdens([chunk([], [{ path: "node:http", kind: "dynamic-import", external: true }])])).toEqual([]);
});

test("an entry point that does not stand where its id says is refused by name", async () => {
  const [definition] = definitions;
  const moved = bundle({ areas: { elsewhere: [definition!] }, outdir: join(tmpdir(), "gable-moved") });
  await expect(moved).rejects.toThrow(`functions/elsewhere/`);
});

const entryOf = ({ folder }: Bundle) => pathToFileURL(join(folder, "index.mjs")).href;

/** Runs code in a fresh process as on Lambda: every variable set, and no service that answers. */
function loadsUndici(code: string): boolean {
  const env = {
    ...Object.fromEntries(
      definitions.flatMap(({ access }) =>
        Object.values(access as Grants).map(({ target }) => [variable(target), "https://127.0.0.1:1/x"]),
      ),
    ),
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "none",
    AWS_SECRET_ACCESS_KEY: "none",
    AWS_ENDPOINT_URL: "https://127.0.0.1:1",
  };
  const report =
    'console.log(JSON.stringify(process.moduleLoadList.some((name) => name.includes("undici/undici"))));';
  const args = ["--input-type=module", "--eval", `${code}\n${report}\nprocess.exit();`];
  return JSON.parse(execFileSync(process.execPath, args, { env, encoding: "utf8" }));
}
