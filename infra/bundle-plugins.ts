import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/** On Lambda credentials are environment variables; each of these loads undici at a cold start. */
export const unusedCredentials = [
  ...["ini", "process", "sso", "web-identity", "http", "login"].map(
    (name) => `@aws-sdk/credential-provider-${name}`,
  ),
  "@smithy/credential-provider-imds",
];

/** Leaves out of the SDK what Gable never calls. */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup(pending) {
    // Event streams, where only a lazy import asks for them: no operation of ours answers with one.
    pending.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
    // DynamoDB's endpoint discovery is off, so its cache stays empty: a Map does for the LRU library.
    pending.onResolve({ filter: /^mnemonist\/lru-cache$/ }, ({ path }) => ({ path, namespace: "lru-cache" }));
    pending.onLoad({ filter: /.*/, namespace: "lru-cache" }, () => ({
      contents: "export default class extends Map { constructor() { super(); } }",
    }));
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
