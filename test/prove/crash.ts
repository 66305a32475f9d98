import { AsyncLocalStorage } from "node:async_hooks";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** The process died: nothing it asks of AWS from here on is heard. */
class Crash extends Error {}

/** A process that lives or dies: what it has begun, also beside what it waits for, knows it by the context it runs in. */
const processes = new AsyncLocalStorage<{
  readonly after: number;
  writes: number;
  dead: boolean;
  readonly sent: Promise<unknown>[];
}>();

/** A command that changes nothing at AWS: to die at one leaves what dying at the next write leaves. */
const reads = /^(Get|BatchGet|Query|Head|List)/;

type Send = (this: unknown, command: object, ...more: unknown[]) => Promise<unknown>;

for (const { prototype } of [
  DynamoDBDocumentClient,
  S3Client,
  SQSClient,
  SecretsManagerClient,
  SESv2Client,
]) {
  const client = prototype as unknown as { send: Send };
  const { send } = client;
  client.send = async function (command, ...more) {
    const run = processes.getStore();
    if (!run) return send.call(this, command, ...more);
    if (!reads.test(command.constructor.name) && !run.dead && ++run.writes > run.after) run.dead = true;
    if (run.dead) throw new Crash();
    const answering = send.call(this, command, ...more);
    run.sent.push(answering);
    const answer = await answering;
    if (run.writes >= run.after) run.dead = true;
    if (run.dead) throw new Crash();
    return answer;
  };
}

/**
 * Runs `work`, which dies with so many writes to AWS: they have their effect, the last answer is not heard, and nothing
 * more is sent. Without a number it lives. Answers how many writes it came to.
 */
export async function dying(work: () => Promise<unknown>, after = Number.POSITIVE_INFINITY): Promise<number> {
  const run = { after, writes: 0, dead: false, sent: [] };
  // What the caller of a dead process hears is nothing.
  await processes.run(run, work).catch((error) => {
    if (!run.dead) throw error;
  });
  await Promise.allSettled(run.sent);
  return run.writes;
}
