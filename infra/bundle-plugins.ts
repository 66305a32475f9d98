import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

/** On Lambda credentials are environment variables; each of these loads undici at a cold start. */
export const unusedCredentials = [
  ...["ini", "process", "sso", "web-identity", "http", "login"].map(
    (name) => `@aws-sdk/credential-provider-${name}`,
  ),
  "@smithy/credential-provider-imds",
];

interface StandIn {
  /** What stands in for the module, as JavaScript. */
  readonly code: string;
  /** How the path of the one file ends for which it does, of a module that others need. */
  readonly importer?: string;
}

/** Modules of the SDK that do nothing for Gable on Lambda, by their specifier, and what stands in for them. */
export const standIns: Readonly<Record<string, StandIn>> = {
  // Of the chain of credential providers only the environment ever answers.
  "@aws-sdk/credential-provider-node": {
    code: 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
  },
  // DynamoDB's endpoint discovery is off unless it is asked for, and no command of its client uses it.
  "@aws-sdk/middleware-endpoint-discovery": {
    code: `
      export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = { environmentVariableSelector: () => false };
      export const resolveEndpointDiscoveryConfig = (config) => config;`,
  },
  // Lambda's runtime makes the store; where it makes none, the trace is in the environment, which is read next.
  "@aws/lambda-invoke-store": {
    code: "export const InvokeStore = { getInstanceAsync: async () => globalThis.awslambda?.InvokeStore };",
  },
  // SHA-256 in JavaScript, for a Node without its own.
  "./Sha256Js": { code: "export const Sha256Js = undefined;", importer: "Sha256Node.js" },
  // No client asks for adaptive retries; one that did would retry as all do.
  "../util-retry/AdaptiveRetryStrategy": {
    code: 'export { StandardRetryStrategy as AdaptiveRetryStrategy } from "../util-retry/StandardRetryStrategy";',
    importer: "configurations.js",
  },
  // Lambda has no config files in a home folder: all is in the environment. A laptop's must not count either.
  "../shared-ini-file-loader/loadSharedConfigFiles": {
    code: "export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });",
    importer: "fromSharedConfigFiles.js",
  },
  // EC2's metadata, for a region that is not said: Lambda always sets AWS_REGION.
  "./getInstanceMetadataRegion": {
    code: "export const getInstanceMetadataRegion = async () => undefined;",
    importer: "config.js",
  },
  // Timeouts and retries by where a client runs: "legacy" is what every client gets that asks for nothing.
  "./defaults-mode/resolveDefaultsModeConfig": {
    code: 'export const resolveDefaultsModeConfig = () => async () => "legacy";',
  },
  // Signs the headers of event streams' messages: no operation of ours sends one.
  "./HeaderFormatter": { code: "export class HeaderFormatter {}", importer: "SignatureV4.js" },
  // 10 KB of rules about partitions, account ids and FIPS: what they decide for a region is this address.
  "./endpoint/endpointResolver": {
    code: `
      export const defaultEndpointResolver = ({ Endpoint, Region }) => {
        const ending = Region.startsWith("cn-") ? "com.cn" : "com";
        return { url: new URL(Endpoint ?? "https://dynamodb." + Region + ".amazonaws." + ending) };
      };`,
    importer: "client-dynamodb/dist-es/runtimeConfig.shared.js",
  },
  // For a prefix of the host's name, which no operation of ours has; S3's own protocol imports the real one.
  "./HttpBindingNormalizedSchema": {
    code: "export const getHttpOperationBindings = () => []; export const HttpBindingNormalizedSchema = undefined;",
    importer: "HttpProtocol.js",
  },
};

/** Leaves out of the SDK what Gable never calls. */
export const leanSdk: Plugin = {
  name: "lean-sdk",
  setup(pending) {
    const names = Object.keys(standIns).map((name) => name.replace(/[./]/g, "\\$&"));
    pending.onResolve({ filter: new RegExp(`^(${names.join("|")})$`) }, ({ path, importer, resolveDir }) => {
      const file = standIns[path]?.importer;
      return file && !importer.replaceAll("\\", "/").endsWith(`/${file}`)
        ? undefined
        : { path, namespace: "stand-in", pluginData: resolveDir };
    });
    pending.onLoad({ filter: /.*/, namespace: "stand-in" }, ({ path, pluginData }) => ({
      contents: standIns[path]!.code,
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

/** What becomes of zod/mini without descriptions: the minifier drops calls of empty functions and their arguments. */
const undescribed: readonly (readonly [before: string, after: string])[] = [
  ["export const describe = core.describe;", "export function describe() {}"],
  ["export const meta = core.meta;", "export function meta() {}"],
  ["...checks.map(", "...checks.filter((check) => check !== undefined).map("],
];

/** Leaves descriptions and examples out of schemas: the API's documents alone read them, and the build makes those. */
export const plainSchemas: Plugin = {
  name: "plain-schemas",
  setup(pending) {
    pending.onLoad({ filter: /zod[\\/]v4[\\/]mini[\\/]schemas\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      for (const [before, after] of undescribed) {
        if (contents.split(before).length !== 2) throw new Error(`${path} should say once: ${before}`);
        contents = contents.replace(before, after);
      }
      return { contents, loader: "js" };
    });
  },
};

/** Virtual entry files: `entry:<file>` imports a definition and makes its handler. */
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
