import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/** On Lambda credentials are environment variables; each of these loads undici at a cold start. */
export const unusedCredentials = [
  ...["ini", "process", "sso", "web-identity", "http", "login"].map(
    (name) => `@aws-sdk/credential-provider-${name}`,
  ),
  "@smithy/credential-provider-imds",
];

/** Modules of the SDK that do nothing on Lambda, by their specifier, and what stands in for them. */
const standIns: Readonly<Record<string, string>> = {
  // Of the chain of credential providers only the environment ever answers.
  "@aws-sdk/credential-provider-node":
    'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
  // DynamoDB's endpoint discovery is off, so its cache stays empty.
  "mnemonist/lru-cache": "export default class extends Map { constructor() { super(); } }",
  // SHA-256 in JavaScript, for a Node without its own: imported so by Sha256Node alone.
  "./Sha256Js": "export const Sha256Js = undefined;",
};

/** Leaves out of the SDK what Gable never calls. */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup(pending) {
    const names = Object.keys(standIns).map((name) => name.replace(/[./]/g, "\\$&"));
    pending.onResolve({ filter: new RegExp(`^(${names.join("|")})$`) }, ({ path, importer, resolveDir }) =>
      path.startsWith(".") && !importer.endsWith("Sha256Node.js")
        ? undefined
        : { path, namespace: "stand-in", pluginData: resolveDir },
    );
    pending.onLoad({ filter: /.*/, namespace: "stand-in" }, ({ path, pluginData }) => ({
      contents: standIns[path]!,
      resolveDir: pluginData,
    }));
    // Event streams, where only a lazy import asks for them: no operation of ours answers with one.
    pending.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
    // Each client imports its whole package.json to say its version in the User-Agent.
    pending.onLoad({ filter: /node_modules\/@aws-sdk\/client-[\w-]+\/package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

/** Entries that stand in no file: `entry:<file>` imports a definition and makes its handler. */
export function entries(sources: ReadonlyMap<string, string>, resolveDir: string): Plugin {
  return {
    name: "entries",
    setup(pending) {
      pending.onResolve({ filter: /^entry:/ }, ({ path }) => ({
        path: path.slice("entry:".length),
        namespace: "entry",
      }));
      pending.onLoad({ filter: /.*/, namespace: "entry" }, ({ path }) => ({
        contents: sources.get(path)!,
        loader: "js",
        resolveDir,
      }));
    },
  };
}
