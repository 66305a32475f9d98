/** `npm run destroy -- <stage>`: deletes every stack of a stage and all its data. Not for prod. */
import { createInterface } from "node:readline/promises";
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { approval, cdk, deploy, readCommandLine, settleRegion } from "./cdk-cli.ts";

const { stage, yes } = readCommandLine(`Usage: npm run destroy -- <stage> [--yes]

Deletes every stack of a stage with all its data: table, files, keys, logs. It asks for the stage's name first. The
region is that of AWS_REGION, AWS_DEFAULT_REGION or your profile. prod is refused.

  --yes    do not ask for confirmation (needed without a terminal)
  --help   show this help`);

if (stage.name === "prod") {
  console.error(
    "prod cannot be destroyed by this command: delete its stacks by hand, then the resources they retain.",
  );
  process.exit(2);
}
const region = await settleRegion();
if (!yes && !(await isConfirmed())) process.exit(1);

const data = `Gable-${stage.name}-Data`;
const output = deploy(stage, data, "--exclusively", "-c", "teardown=true", ...approval(true));
await emptyBucket(output("Data", "BucketName"));
cdk(stage, "destroy", "--all", "--force", "-c", "teardown=true");

async function isConfirmed(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const question = `This deletes all data of ${stage.name} in ${region}. Type ${stage.name} to go on: `;
  const answer = await terminal.question(question);
  terminal.close();
  return answer === stage.name;
}

/** CloudFormation deletes no bucket that holds anything, old versions included. */
async function emptyBucket(Bucket: string): Promise<void> {
  const client = new S3Client();
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await client.send(
      new ListObjectVersionsCommand({ Bucket }),
    );
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors.length > 0) throw new Error(`S3 did not delete ${Errors[0]?.Key}: ${Errors[0]?.Message}`);
  }
}
