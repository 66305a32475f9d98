/**
 * `npm run lint`: AWS's own linter, cfn-lint, over every stage's templates. It comes from PyPI into a virtual
 * environment below .build; without Python 3 or without PyPI it says that it is skipped, and succeeds.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Code } from "aws-cdk-lib/aws-lambda";
import { areas } from "../functions/index.ts";
import { gable } from "./gable.ts";
import { type Stage, stages } from "./stages.ts";
import { newApp } from "./synth.ts";

const version = "1.58.0";
const folder = resolve(import.meta.dirname, "../.build");
const environment = join(folder, `cfn-lint-${version}`);
const linter = join(environment, "bin/cfn-lint");

const templates = everyStage().flatMap(templatesOf);
const missing = install();
if (missing) console.log(`cfn-lint is skipped: ${missing}`);
else {
  // W3005: CDK writes down dependencies that references already say.
  const flags = ["--non-zero-exit-code", "warning", "--ignore-checks", "W3005"];
  const { status } = spawnSync(linter, [...flags, "--", ...templates], { stdio: "inherit" });
  if (status === 0) console.log(`cfn-lint ${version} finds nothing in ${templates.length} templates`);
  process.exitCode = status ?? 1;
}

/** Each stage with what it will have once it is set up: somebody who gets its alarms. */
function everyStage(): Stage[] {
  return Object.values(stages).map((stage) => ({ ...stage, alarmEmail: "office@example.com" }));
}

/** Synthesises a stage without its bundles, which no template shows; answers its templates' paths. */
function templatesOf(stage: Stage): string[] {
  const outdir = join(folder, `lint/${stage.name}`);
  rmSync(outdir, { recursive: true, force: true });
  const code = join(folder, "lint/code");
  mkdirSync(code, { recursive: true });
  writeFileSync(join(code, "index.mjs"), "");
  const app = newApp(outdir);
  gable(app, { stage, areas, code: () => Code.fromAsset(code) });
  app.synth();
  return readdirSync(outdir)
    .filter((name) => name.endsWith(".template.json"))
    .map((name) => join(outdir, name));
}

/** Installs the linter where it is not; answers why it cannot. */
function install(): string | undefined {
  if (existsSync(linter)) return undefined;
  if (spawnSync("python3", ["--version"]).status !== 0) return "there is no Python 3 on this machine";
  try {
    execFileSync("python3", ["-m", "venv", environment], { stdio: "pipe" });
    const pip = ["-m", "pip", "install", "--quiet", "--retries", "1", `cfn-lint==${version}`];
    execFileSync(join(environment, "bin/python"), pip, { stdio: "pipe" });
    return undefined;
  } catch (error) {
    rmSync(environment, { recursive: true, force: true });
    const said = String((error as { stderr?: Buffer }).stderr ?? error).trim();
    return `it cannot be installed (${said.split("\n").at(-1)})`;
  }
}
