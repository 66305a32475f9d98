import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { cloud, waitFor } from "../cloud.ts";

test("a job that failed is tried again after seconds, not after its queue's visibility", async () => {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, ...keys } = cloud.environment;
  const credentials = { accessKeyId: keys.AWS_ACCESS_KEY_ID!, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY! };
  const sessionToken = keys.AWS_SESSION_TOKEN!;
  const sqs = new SQSClient({ endpoint, region, credentials: { ...credentials, sessionToken } });
  const QueueUrl = cloud.queueUrls.removals;
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '"no job"' }));
  const receives = () =>
    readFileSync(join(cloud.data, "logs/Gable-dev-removeFiles.log"), "utf8")
      .split("\n")
      .filter((line) => line.includes(MessageId!))
      .map((line) => JSON.parse(line).receives);
  await waitFor(async () => (receives().includes(2) ? true : undefined), 30);
  expect(receives()).toEqual([1, 2]);
});
