import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { S3Client } from "@aws-sdk/client-s3";
import { type Stage, stageNamed } from "./stages.ts";

const root = resolve(import.meta.dirname, "..");

/**
 * Reads `<stage> [--yes] [--help]`. Prints `help` and ends the process where it is asked for (0), where the command
 * line is wrong (2), and where nobody can be asked: without a terminal `--yes` must say so (2).
 */
export function readCommandLine(help: string): { readonly stage: Stage; readonly yes: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        yes: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(help);
      process.exit(0);
    }
    const [name = "", ...rest] = positionals;
    const stage = stageNamed(name);
    if (rest.length > 0) throw new Error(`Name one stage only, without ${rest.join(" ")}`);
    if (!values.yes && !process.stdin.isTTY) throw new Error("There is no terminal to confirm on: add --yes");
    return { stage, yes: values.yes };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

/**
 * Makes CDK and every SDK client of this process use one region: AWS_REGION, else AWS_DEFAULT_REGION, else the
 * profile's (AWS_PROFILE); without any, says so and ends the process (2). CDK alone would fall back to us-east-1, and
 * the SDK does not read AWS_DEFAULT_REGION.
 */
export async function settleRegion(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const named = environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  const region = named || (await new S3Client({}).config.region().catch(() => undefined));
  if (!region) {
    console.error("No AWS region is set: set AWS_REGION, or a region in your AWS profile.");
    process.exit(2);
  }
  environment.AWS_REGION = region;
  return region;
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

/** The approval that CDK asks for, or none where `--yes` has given it. */
export const approval = (yes: boolean): readonly string[] => (yes ? ["--require-approval", "never"] : []);
