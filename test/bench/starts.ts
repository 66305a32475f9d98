import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { areas, definitions } from "../../functions/index.ts";
import { type Bundle, bundle } from "../../infra/bundle.ts";
import { leanSdk, unusedCredentials } from "../../infra/bundle-plugins.ts";
import { median } from "./measure.ts";

/** What a start of a function costs. */
export interface Start {
  /** Kilobytes (of 1024) that a start loads. */
  readonly kilobytes: number;
  /** CPU milliseconds of loading it and of the read it does in INIT, over F. */
  readonly init: number;
}

/**
 * Starts every function `runs` times in fresh processes, in turns with F: a bundle of the DynamoDB client with one
 * GetItem, built with the same options. `environment` lets them reach a running cloud.
 */
export async function starts(
  environment: NodeJS.ProcessEnv,
  runs: number,
): Promise<{ readonly f: number; readonly of: ReadonlyMap<string, Start> }> {
  const outdir = join(import.meta.dirname, "../../.build/bench");
  const bundles = await bundle({ areas, outdir });
  const yardstick = await bundleYardstick(outdir);
  const files = new Map(definitions.map(({ id }) => [id, join(bundles.get(id)!.folder, "index.mjs")]));
  const spent = new Map<string, number[]>();
  for (let run = 0; run < runs; run++)
    for (const [name, file] of [["F", yardstick] as const, ...files])
      spent.set(name, [...(spent.get(name) ?? []), cpuOfStart(file, environment)]);
  rmSync(outdir, { recursive: true });

  const f = median(spent.get("F")!);
  const kilobytes = (id: string) => startSize(bundles.get(id)!) / 1024;
  return {
    f,
    of: new Map(
      definitions.map(({ id }) => [id, { kilobytes: kilobytes(id), init: median(spent.get(id)!) / f }]),
    ),
  };
}

async function bundleYardstick(outdir: string): Promise<string> {
  const outfile = join(outdir, "yardstick", "index.mjs");
  mkdirSync(join(outdir, "yardstick"), { recursive: true });
  const contents = `
    import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
    const Key = { pk: { S: "deployment" }, sk: { S: "jwks" } };
    await new DynamoDBClient({}).send(new GetItemCommand({ TableName: process.env.TABLE_NAME, Key }));`;
  await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    outfile,
    plugins: [leanSdk],
    external: unusedCredentials,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    logLevel: "error",
  });
  return outfile;
}

/** CPU milliseconds from before the import until it is done, top-level await included. */
function cpuOfStart(file: string, environment: NodeJS.ProcessEnv): number {
  const code = `
    const before = process.cpuUsage();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(String((user + system) / 1000), () => process.exit());`;
  const args = ["--input-type=module", "--eval", code];
  return Number(
    execFileSync(process.execPath, args, { env: environment, encoding: "utf8" }).split("\n").at(-1),
  );
}

/** The bytes of the entry and of the chunks that it imports at once. */
function startSize({ chunks }: Bundle): number {
  const names = new Set(["index.mjs"]);
  for (const name of names)
    for (const { path, kind } of chunks[name]?.imports ?? []) {
      const file = path.split("/").at(-1)!;
      if (kind === "import-statement" && file in chunks) names.add(file);
    }
  return [...names].reduce((sum, name) => sum + chunks[name]!.bytes, 0);
}
