import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Stage, stageNamed } from "./stages.ts";

const root = resolve(import.meta.dirname, "..");

/** The stage that the command line names; without one, says how to and ends the process. */
export function stageOfCommandLine(command: string): Stage {
  const [name] = process.argv.slice(2);
  try {
    return stageNamed(name ?? "");
  } catch (error) {
    console.error(`npm run ${command} -- <stage>\n${(error as Error).message}`);
    process.exit(2);
  }
}

/** Runs the project's CDK for a stage, on this terminal; throws when it fails. */
export function cdk(stage: Stage, ...args: readonly string[]): void {
  execFileSync(join(root, "node_modules/.bin/cdk"), [...args, "-c", `stage=${stage.name}`], {
    cwd: root,
    stdio: "inherit",
  });
}

/** Deploys stacks of a stage and answers what they put out: values by stack and name. */
export function deploy(stage: Stage, ...args: readonly string[]): (stack: string, output: string) => string {
  const file = join(root, `.build/outputs-${stage.name}.json`);
  cdk(stage, "deploy", ...args, "--outputs-file", file);
  const outputs: Record<string, Record<string, string>> = JSON.parse(readFileSync(file, "utf8"));
  return (stack, output) => {
    const value = outputs[`Gable-${stage.name}-${stack}`]?.[output];
    if (!value) throw new Error(`The stack ${stack} has no output ${output}`);
    return value;
  };
}
