/** The CDK app behind `npx cdk`: `-c stage=<name>` (dev unless said), in the account and region of the caller. */
import { Annotations, RemovalPolicy, Validations } from "aws-cdk-lib";
import { definitions } from "../functions/index.ts";
import { checks } from "./nag.ts";
import { isFetched, nativesOf } from "./natives.ts";
import { stageNamed } from "./stages.ts";
import { addGable, newApp } from "./synth.ts";

const app = newApp();
const named = stageNamed(app.node.tryGetContext("stage") ?? "dev");
// `npm run destroy` sets this: it turns off deletion protection and retention.
const teardown = app.node.tryGetContext("teardown") === "true";
const stage = teardown ? { ...named, removal: RemovalPolicy.DESTROY, deletionProtection: false } : named;

if (!nativesOf(definitions).every(isFetched))
  Annotations.of(app).addWarningV2(
    "Gable:Natives",
    "Native packages for Lambda are missing from the bundles: deploy with npm run deploy instead of cdk.",
  );

const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
await addGable(app, { stage, release: true, env: account && region ? { account, region } : {} });
Validations.of(app).addPlugins(...checks(app));
app.synth();
