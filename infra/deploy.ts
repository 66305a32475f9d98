/** `npm run deploy -- <stage>`: native packages, every stack, then keys and default roles. Safe to run again. */
import { definitions } from "../functions/index.ts";
import { bootstrap } from "./bootstrap.ts";
import { deploy, stageOfCommandLine } from "./cdk-cli.ts";
import { fetchNative, nativesOf } from "./natives.ts";

const stage = stageOfCommandLine("deploy");
for (const native of nativesOf(definitions)) fetchNative(native);
const output = deploy(stage, "--all");
await bootstrap(process.env as Record<string, string>, {
  table: output("Data", "TableName"),
  signingSecret: output("Data", "SigningSecretArn"),
});
console.log(`Gable (${stage.name}) answers at ${output("Gateway", "ApiUrl")}`);
