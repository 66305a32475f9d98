import { rmSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import { areas } from "../functions/index.ts";
import { bundle } from "./bundle.ts";
import { gable } from "./gable.ts";
import { stageNamed } from "./stages.ts";

/** Synthesises a stage, bundles and all, as a cloud assembly in `outdir`, which is made anew; answers its path. */
export async function synthesise({ stage, outdir }: { stage: string; outdir: string }): Promise<string> {
  rmSync(outdir, { recursive: true, force: true });
  const bundles = await bundle({ areas, outdir: join(outdir, "bundles") });
  const app = new App({ outdir, analyticsReporting: false, treeMetadata: false });
  gable(app, { stage: stageNamed(stage), areas, code: ({ id }) => Code.fromAsset(bundles.get(id)!.folder) });
  return app.synth().directory;
}
