import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** The process died: nothing it asks of AWS from here on is heard. */
class Crash extends Error {}

/** Where to die: before the call is sent, or after it has had its effect and before its answer is heard. */
export interface Death {
  readonly at: number;
  readonly when: "before" | "after";
}

let running: { readonly death: Death; calls: number; dead: boolean } | undefined;

type Send = (this: unknown, ...command: unknown[]) => Promise<unknown>;

for (const { prototype } of [
  DynamoDBDocumentClient,
  S3Client,
  SQSClient,
  SecretsManagerClient,
  SESv2Client,
]) {
  const client = prototype as unknown as { send: Send };
  const { send } = client;
  client.send = async function (...command) {
    const run = running;
    if (!run) return send.apply(this, command);
    if (run.dead) throw new Crash();
    const isLast = ++run.calls === run.death.at;
    if (isLast && run.death.when === "before") {
      run.dead = true;
      throw new Crash();
    }
    const answer = await send.apply(this, command);
    if (isLast) run.dead = true;
    if (run.dead) throw new Crash();
    return answer;
  };
}

/** Runs `work`, which dies at a call to AWS; without a death it lives. Answers how many calls it made. */
export async function dying(
  work: () => Promise<unknown>,
  death: Death = { at: 0, when: "before" },
): Promise<number> {
  const run = { death, calls: 0, dead: false };
  running = run;
  // What the caller of a dead process hears is nothing.
  await work().catch((error) => {
    if (!run.dead) throw error;
  });
  running = undefined;
  return run.calls;
}
