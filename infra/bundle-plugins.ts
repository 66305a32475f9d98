import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/** On Lambda credentials are environment variables; each of these loads undici at a cold start. */
export const unusedCredentials = [
  ...["ini", "process", "sso", "web-identity", "http", "login"].map(
    (name) => `@aws-sdk/credential-provider-${name}`,
  ),
  "@smithy/credential-provider-imds",
];

/** Leaves out of the SDK what Gable never calls: event streams where only a lazy import asks for them. */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup(pending) {
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
