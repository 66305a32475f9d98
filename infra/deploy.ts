/** `npm run deploy -- <stage>`: native packages, every stack, the signing keys, the migrations. Safe to run again. */
import { approval, deploy, readCommandLine, settleRegion } from "./cdk-cli.ts";
import { fetchNative, nativesOf } from "./natives.ts";
import { stages } from "./stages.ts";
import { timeoutOf } from "./timeout.ts";

const { stage, yes } = readCommandLine(`Usage: npm run deploy -- <stage> [--yes]

Deploys every stack of a stage (${Object.keys(stages).join(", ")}) into the account of your AWS credentials and the region of
AWS_REGION, AWS_DEFAULT_REGION or your profile. Then creates the signing keys if they are missing, and starts the
migrations that are due. Safe to run again at any time. Before the first deployment into an account and region, run: npx cdk bootstrap

  --yes    do not ask for confirmation (needed without a terminal)
  --help   show this help

infra/runbook.md says which rights it needs, and which changes need more than one deployment.`);

const region = await settleRegion();
// All functions are loaded only now, so that --help and what is wrong with a command line are said at once.
const { definitions } = await import("../functions/index.ts");
const { bootstrap } = await import("./bootstrap.ts");
const { startMigrations } = await import("./migrations.ts");
console.log(`Deploying Gable (${stage.name}) to ${region}`);
for (const native of nativesOf(definitions)) fetchNative(native);
const output = deploy(stage, "--all", ...approval(yes));
const [table, queueUrl] = [output("Data", "TableName"), output("Data", "MigrationsQueueUrl")];
await bootstrap(process.env, {
  table,
  signingSecret: output("Data", "SigningSecretArn"),
  checkpointSecret: output("Data", "CheckpointsSecretArn"),
  assistantSecret: output("Data", "AssistantSecretArn"),
});
// By then no function of the release before is running: what it wrote last is migrated, too.
const delay = Math.max(...definitions.map(timeoutOf));
await startMigrations({ environment: process.env, table, queueUrl }, { delay });
console.log(`Gable (${stage.name}) answers at ${output("Gateway", "ApiUrl")}`);
