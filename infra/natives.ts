import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Definition } from "../shared/entry/definition.ts";

const root = resolve(import.meta.dirname, "..");

/** Every native package that an entry point declares. */
export const nativesOf = (definitions: readonly Definition[]): string[] => [
  ...new Set(definitions.flatMap(({ bundle }) => bundle?.native ?? [])),
];

/** The folder whose `node_modules` holds a package, at the project's version, as Lambda needs it. */
export function nativeFolder(name: string): string {
  return join(root, ".build/native-arm64", `${name.replace("/", "+")}@${versionOf(name)}`);
}

/** Whether a package has been fetched for Lambda. */
export const isFetched = (name: string): boolean => existsSync(nativeFolder(name));

/** Fetches a package and its binaries for Lambda (Linux, arm64, glibc) through npm, once a version. */
export function fetchNative(name: string): void {
  const folder = nativeFolder(name);
  if (isFetched(name)) return;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const platform = ["--os=linux", "--cpu=arm64", "--libc=glibc"];
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
