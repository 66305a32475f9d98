import { rmSync } from "node:fs";
import { join } from "node:path";
import { App, type Environment } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { areas } from "../functions/index.ts";
import { bundle } from "./bundle.ts";
import { gable } from "./gable.ts";
import { type Stage, stageNamed } from "./stages.ts";

/** An app that says nothing to AWS about itself; stacks hold what others import from them. */
export function newApp(outdir?: string): App {
  return new App({
    ...(outdir ? { outdir } : {}),
    analyticsReporting: false,
    treeMetadata: false,
    context: { "@aws-cdk/core:defaultCrossStackReferences": "strong" },
  });
}

/** Bundles every entry point beside the assembly and adds Gable's stacks to the app. */
export async function addGable(
  app: App,
  { stage, release = false, env = {} }: { stage: Stage; release?: boolean; env?: Environment },
): Promise<void> {
  const bundles = await bundle({ areas, outdir: join(app.outdir, "bundles"), release });
  gable(app, { stage, areas, env, code: ({ id }) => Code.fromAsset(bundles.get(id)!.folder) });
}

// `node infra/synth.ts <stage> <outdir>`: a stage, bundles and all, as a cloud assembly in `outdir`, which is made anew.
if (import.meta.main) {
  const [stage = "", outdir = ""] = process.argv.slice(2);
  rmSync(outdir, { recursive: true, force: true });
  const app = newApp(outdir);
  await addGable(app, { stage: stageNamed(stage) });
  app.synth();
}
