import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Definition } from "../shared/entry/definition.ts";

const root = resolve(import.meta.dirname, "..");

/** A package with binaries, and the processor it is needed for. */
export interface Native {
  readonly name: string;
  readonly cpu: Cpu;
}

/** Every native package that the entry points declare, for the processors they run on. */
export const nativesOf = (definitions: readonly Definition[]): Native[] =>
  definitions.flatMap((definition) =>
    (definition.bundle?.native ?? []).map((name) => ({ name, cpu: cpuOf(definition) })),
  );

/** Lambda's processors, as npm names them. */
export type Cpu = "arm64" | "x64";

/** Packages whose binary exists for one processor only: what imports them runs there. */
const onlyOn: Readonly<Record<string, Cpu>> = { "@sparticuz/chromium": "x64" };

/** The processor that an entry point runs on: the cheaper arm64, unless a package of it knows another only. */
export const cpuOf = ({ bundle }: Definition): Cpu =>
  bundle?.native?.map((name) => onlyOn[name]).find((cpu) => cpu !== undefined) ?? "arm64";

/** The folder whose `node_modules` holds a package, at the project's version, as Lambda needs it. */
export function nativeFolder({ name, cpu }: Native): string {
  return join(root, `.build/native-${cpu}`, `${name.replace("/", "+")}@${versionOf(name)}`);
}

/** Whether a package has been fetched for Lambda. */
export const isFetched = (native: Native): boolean => existsSync(nativeFolder(native));

/** Fetches a package and its binaries for Lambda (Linux, glibc) through npm, once a version. */
export function fetchNative(native: Native): void {
  const { name, cpu } = native;
  const folder = nativeFolder(native);
  if (isFetched(native)) return;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const platform = ["--os=linux", `--cpu=${cpu}`, "--libc=glibc"];
  const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"];
  execFileSync("npm", ["install", "--prefix", partial, ...platform, ...quiet, `${name}@${versionOf(name)}`], {
    stdio: "inherit",
  });
  for (const file of ["package.json", "node_modules/.bin", "node_modules/.package-lock.json"])
    rmSync(join(partial, file), { recursive: true, force: true });
  renameSync(partial, folder);
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8")).version;
}
