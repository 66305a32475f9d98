/** `npm run deploy -- <stage>`: native packages, every stack, then the signing keys. Safe to run again. */
import { definitions } from "../functions/index.ts";
import { bootstrap } from "./bootstrap.ts";
import { approval, deploy, readCommandLine, settleRegion } from "./cdk-cli.ts";
import { fetchNative, nativesOf } from "./natives.ts";
import { stages } from "./stages.ts";

const { stage, yes } = readCommandLine(`Usage: npm run deploy -- <stage> [--yes]

Deploys every stack of a stage (${Object.keys(stages).join(", ")}) into the account of your AWS credentials and the region of
AWS_REGION, AWS_DEFAULT_REGION or your profile. Then creates the signing keys if they are missing. Safe to run
again at any time. Before the first deployment into an account and region, run: npx cdk bootstrap

  --yes    do not ask for confirmation (needed without a terminal)
  --help   show this help

infra/runbook.md says which rights it needs, and which changes need more than one deployment.`);

const region = await settleRegion();
console.log(`Deploying Gable (${stage.name}) to ${region}`);
for (const native of nativesOf(definitions)) fetchNative(native);
const output = deploy(stage, "--all", ...approval(yes));
await bootstrap(process.env, {
  table: output("Data", "TableName"),
  signingSecret: output("Data", "SigningSecretArn"),
  checkpointSecret: output("Data", "CheckpointsSecretArn"),
});
console.log(`Gable (${stage.name}) answers at ${output("Gateway", "ApiUrl")}`);
