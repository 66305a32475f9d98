import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { changeRecord, create, createRecord } from "../../shared/data/records.ts";
import { linkItem, newLink, revokeLink } from "../../shared/data/share-links.ts";
import { ConditionFailed } from "../../shared/data/table.ts";
import { newTask, taskRecord } from "../../shared/domain/task.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { cloud, waitFor } from "../cloud.ts";
import { table } from "../in-process.ts";

const aTask = newTask({ title: "Call" }, { owner_user_id: "nobody", team_id: null });

test("a job that failed is tried again after seconds, not after its queue's visibility", async () => {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, ...keys } = cloud.environment;
  const credentials = { accessKeyId: keys.AWS_ACCESS_KEY_ID!, secretAccessKey: keys.AWS_SECRET_ACCESS_KEY! };
  const sessionToken = keys.AWS_SESSION_TOKEN!;
  const sqs = new SQSClient({ endpoint, region, credentials: { ...credentials, sessionToken } });
  const QueueUrl = cloud.queueUrls.removals;
  const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '"no job"' }));
  const log = join(cloud.data, "logs/Gable-dev-removeFiles.log");
  const receives = () =>
    // The first line makes the file.
    (existsSync(log) ? readFileSync(log, "utf8") : "")
      .split("\n")
      .filter((line) => line.includes(MessageId!))
      .map((line) => JSON.parse(line).receives);
  await waitFor(async () => (receives().includes(2) ? true : undefined), 30);
  expect(receives()).toEqual([1, 2]);
});

test("a record whose write's answer was lost and that is sent again is known as done; another's is not", async () => {
  const made = createRecord(taskRecord, invocation("test", null).newId(), aTask, invocation("test", null));
  await table.commit(made.writes);
  await table.commit(made.writes);
  const change = () =>
    changeRecord(taskRecord, made.record, { title: "Later" }, invocation("test", null)).writes;
  const [first, other] = [change(), change()];
  await table.commit(first);
  await table.commit(first);
  await expect(table.commit(other)).rejects.toThrow(ConditionFailed);
});

test("an update whose answer was lost and that is sent again is known as done; another's is not", async () => {
  const first = invocation("test", null);
  const link = newLink({ brokerage_id: first.newId(), cma_id: first.newId() }, 1, "test", first);
  await table.commit([create(linkItem(link))]);
  const revoke = revokeLink(link, first.now, invocation("test", null).written);
  await table.commit([revoke]);
  await table.commit([revoke]);
  const other = revokeLink(link, first.now, invocation("test", null).written);
  await expect(table.commit([other])).rejects.toThrow(ConditionFailed);
});
