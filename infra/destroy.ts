/** `npm run destroy -- <stage>`: deletes every stack of a stage and all its data. Not for prod. */
import { createInterface } from "node:readline/promises";
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { cdk, deploy, stageOfCommandLine } from "./cdk-cli.ts";

const stage = stageOfCommandLine("destroy");
if (stage.name === "prod") {
  console.error("prod keeps its data: delete its stacks by hand, and then what they leave.");
  process.exit(2);
}
const terminal = createInterface({ input: process.stdin, output: process.stdout });
const answer = await terminal.question(
  `This deletes all data of ${stage.name}. Type ${stage.name} to go on: `,
);
terminal.close();
if (answer !== stage.name) process.exit(1);

const data = `Gable-${stage.name}-Data`;
const output = deploy(stage, data, "--exclusively", "-c", "teardown=true", "--require-approval", "never");
await emptyBucket(output("Data", "BucketName"));
cdk(stage, "destroy", "--all", "--force", "-c", "teardown=true");

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
    if (Errors.length > 0) throw new Error(`S3 keeps ${Errors[0]?.Key}: ${Errors[0]?.Message}`);
  }
}
