import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Path of a Java of version 17 or later, from JAVA_HOME or PATH; throws one line that says what to install. */
export function findJava(): string {
  const home = process.env.JAVA_HOME && join(process.env.JAVA_HOME, "bin", "java");
  const java = home && existsSync(home) ? home : "java";
  const version = javaVersion(java);
  if (version >= 17) return java;
  const found = version ? `found version ${version}` : "found none";
  throw new Error(
    `DynamoDB Local needs Java 17 or later (${found}): install a JRE, for example from https://adoptium.net`,
  );
}

/** The major version; 0 when there is no Java, or one older than 9, which does not know `--version`. */
function javaVersion(java: string): number {
  try {
    const output = execFileSync(java, ["--version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return Number(output.match(/\s(\d+)/)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
