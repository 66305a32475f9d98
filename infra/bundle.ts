import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { build, type Metafile } from "esbuild";
import type { Definition } from "../shared/entry/definition.ts";
import { entries as entriesPlugin, leanSdk, plainSchemas, unusedCredentials } from "./bundle-plugins.ts";
import { documents } from "./documents.ts";
import { isFetched, nativeFolder, nativesOf } from "./natives.ts";

const root = resolve(import.meta.dirname, "..");

/** What esbuild says about one output: bytes, imports that stayed, and the files that went into it. */
export type Chunk = Metafile["outputs"][string];

/** A function's folder, ready to be zipped, and its chunks by file name; `index.mjs` is the entry. */
export interface Bundle {
  readonly folder: string;
  readonly chunks: Readonly<Record<string, Chunk>>;
}

export interface BundleOptions {
  /** Entry points by area, as functions/index.ts lists them. */
  readonly areas: Readonly<Record<string, readonly Definition[]>>;
  /** Made anew: `functions/<file>/`, and the maps of a release in `maps/<file>/`. */
  readonly outdir: string;
  /** To be deployed: keeps source maps, and puts in the native packages that were fetched for Lambda. */
  readonly release?: boolean;
}

interface Entry {
  readonly id: string;
  readonly definition: Definition;
  readonly file: string;
  readonly code: string;
  readonly native: readonly string[];
  readonly files: readonly string[];
}

/** How many entry points an esbuild call bundles: all at once took 3 to 4 GB of memory, 50 take 1.4. */
const atOnce = 50;

/** Bundles every entry point, by id: `atOnce` to an esbuild call, and one more for each that imports lazily. */
export async function bundle(options: BundleOptions): Promise<ReadonlyMap<string, Bundle>> {
  const { areas, outdir, release = false } = options;
  rmSync(outdir, { recursive: true, force: true });
  const entries = Object.entries(areas).flatMap(([area, list]) => list.map((one) => entryOf(area, one)));
  const inputs: Metafile["inputs"] = {};
  const outputs: Metafile["outputs"] = {};
  // One call after the other: together they need three times the memory, and no less time.
  const add = async (some: readonly Entry[]) => {
    const metafile = await run(some, entries, options);
    Object.assign(inputs, metafile.inputs);
    Object.assign(outputs, metafile.outputs);
  };
  for (let at = 0; at < entries.length; at += atOnce) await add(entries.slice(at, at + atOnce));
  // A lazy entry's own build writes over its file of the first.
  const lazy = entries.filter((entry) => importsLazily({ inputs }, chunksOf({ outputs }, entry, outdir)));
  for (const entry of lazy) await add([entry]);
  if (release) setMapsAside(Object.keys(outputs), outdir);

  const made = entries.some(({ files }) => files.length > 0) ? documents() : {};
  const bundles = new Map<string, Bundle>();
  for (const entry of entries) {
    const folder = join(outdir, "functions", entry.file);
    const chunks = chunksOf({ outputs }, entry, outdir);
    for (const name of entry.files) writeFileSync(join(folder, name), documentNamed(name, made, entry));
    assertDeclared(entry, chunks, allNatives(entries));
    if (release)
      for (const native of nativesOf([entry.definition]).filter(isFetched))
        cpSync(nativeFolder(native), folder, { recursive: true });
    bundles.set(entry.id, { folder: relative(outdir, folder), chunks });
  }
  writeFileSync(join(outdir, index), JSON.stringify([...bundles]));
  return bundlesIn(outdir);
}

const index = "bundles.json";

/** The bundles that were made in a folder, wherever that stands now. */
export function bundlesIn(outdir: string): ReadonlyMap<string, Bundle> {
  const bundles: [string, Bundle][] = JSON.parse(readFileSync(join(outdir, index), "utf8"));
  return new Map(bundles.map(([id, { folder, chunks }]) => [id, { folder: join(outdir, folder), chunks }]));
}

async function run(
  built: readonly Entry[],
  all: readonly Entry[],
  { outdir, release = false }: BundleOptions,
): Promise<Metafile> {
  const [first] = built;
  const { metafile } = await build({
    absWorkingDir: root,
    plugins: [entriesPlugin(new Map(all.map(({ file, code }) => [file, code])), root), leanSdk, plainSchemas],
    entryPoints: built.map(({ file }) => ({ in: `entry:${file}`, out: `${file}/index` })),
    outdir: join(outdir, "functions"),
    outExtension: { ".js": ".mjs" },
    // Chunks that entries share would have to stand in each of their folders: only an entry alone is split.
    splitting: built.length === 1,
    chunkNames: `${first?.file}/[name]-[hash]`,
    external: [...unusedCredentials, ...allNatives(all)],
    bundle: true,
    metafile: true,
    minify: true,
    legalComments: "none",
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    sourcemap: release && "external",
    logLevel: "error",
  });
  return metafile;
}

/** Maps are kept beside the functions, not in them: Lambda would load them at every start that looks for them. */
function setMapsAside(paths: readonly string[], outdir: string): void {
  for (const path of paths.filter((one) => one.endsWith(".map"))) {
    const place = join(outdir, "maps", relative(join(outdir, "functions"), resolve(root, path)));
    mkdirSync(dirname(place), { recursive: true });
    renameSync(resolve(root, path), place);
  }
}

/** An entry point is the export `listProperties` of functions/<area>/list-properties.ts, and says so as its id. */
function entryOf(area: string, definition: Definition): Entry {
  const { id, kind, bundle } = definition;
  const file = id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const source = `functions/${area}/${file}.ts`;
  if (!existsSync(join(root, source)))
    throw new Error(
      `The entry point ${id} of the area ${area} should stand in ${source}, which does not exist`,
    );
  const code = `
    import { ${id} } from "./${source}";
    import { ${kind}Handler } from "./shared/entry/${kind}.ts";
    export const handler = await ${kind}Handler(${id});`;
  return { id, definition, file, code, native: bundle?.native ?? [], files: bundle?.files ?? [] };
}

const allNatives = (entries: readonly Entry[]) => [...new Set(entries.flatMap(({ native }) => native))];

function chunksOf(
  { outputs }: Pick<Metafile, "outputs">,
  { file }: Entry,
  outdir: string,
): Record<string, Chunk> {
  const folder = join(outdir, "functions", file);
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([path, chunk]) => {
      const name = relative(folder, resolve(root, path));
      return name.startsWith("..") || name.endsWith(".map") ? [] : [[name, chunk]];
    }),
  );
}

/** Whether a file that really went into the bundle imports another lazily. */
function importsLazily(
  { inputs }: Pick<Metafile, "inputs">,
  chunks: Readonly<Record<string, Chunk>>,
): boolean {
  return Object.values(chunks).some((chunk) =>
    Object.entries(chunk.inputs).some(
      ([path, { bytesInOutput }]) =>
        bytesInOutput > 0 &&
        inputs[path]?.imports.some(({ kind, external }) => kind === "dynamic-import" && !external),
    ),
  );
}

function documentNamed(name: string, made: Readonly<Record<string, string>>, { id }: Entry): string {
  const text = made[name];
  if (text === undefined)
    throw new Error(`${id} wants the file ${name} beside it, which infra/documents.ts does not make`);
  return text;
}

function assertDeclared(
  { id, native }: Entry,
  chunks: Readonly<Record<string, Chunk>>,
  natives: readonly string[],
) {
  const imported = Object.values(chunks).flatMap((chunk) => chunk.imports.map(({ path }) => path));
  const undeclared = natives.find((name) => imported.includes(name) && !native.includes(name));
  if (undeclared) throw new Error(`${id} imports ${undeclared}: declare it in its bundle.native`);
}
