import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { nameIn, region } from "./identities.ts";
import type { Lambda } from "./lambda.ts";
import type { Queue, Received } from "./queues.ts";
import type { Resource } from "./templates.ts";

/** What a mapping's role needs to take from a queue. */
export const queueSourceActions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

// As many at once as a function has environments here; Lambda starts with five.
const pollers = 4;

/**
 * Feeds a function from a queue until the signal: what it returned for is deleted, what it threw for or reported as
 * failed comes back when its visibility ends.
 */
export async function followQueue(
  mapping: Resource,
  queue: Queue,
  lambda: Lambda,
  signal: AbortSignal,
): Promise<void> {
  const {
    BatchSize = 10,
    MaximumBatchingWindowInSeconds = 0,
    ScalingConfig,
    FunctionResponseTypes,
  } = mapping.properties;
  const functionName = nameIn(mapping.properties.FunctionName);
  const reports = FunctionResponseTypes?.includes("ReportBatchItemFailures");
  const concurrency = Math.min(pollers, ScalingConfig?.MaximumConcurrency ?? pollers);
  await Promise.all(Array.from({ length: concurrency }, poll));

  async function poll() {
    while (!signal.aborted) {
      const messages = await gather();
      if (messages.length > 0) await deliver(messages);
    }
  }

  async function gather(): Promise<Received[]> {
    const messages = await queue.receive({ max: Math.min(10, BatchSize), wait: 20, signal });
    const until = Date.now() + MaximumBatchingWindowInSeconds * 1000;
    while (messages.length > 0 && messages.length < BatchSize && !signal.aborted) {
      const wait = Math.max(0, until - Date.now()) / 1000;
      const more = await queue.receive({ max: Math.min(10, BatchSize - messages.length), wait, signal });
      if (more.length === 0) break;
      messages.push(...more);
    }
    return messages;
  }

  async function deliver(messages: Received[]) {
    const event: SQSEvent = { Records: messages.map((message) => recordOf(message, queue.arn)) };
    const result = await lambda.invoke(functionName, event).catch(() => "failed" as const);
    if (result === "failed") return;
    const failed = reports ? failedOf(messages, result as SQSBatchResponse | null) : new Set<string>();
    for (const { MessageId, ReceiptHandle } of messages)
      if (!failed.has(MessageId)) queue.remove(ReceiptHandle);
  }
}

/** The reported messages; all of them when the report names one that was not in the batch. */
function failedOf(messages: readonly Received[], response: SQSBatchResponse | null): Set<string> {
  const sent = new Set(messages.map(({ MessageId }) => MessageId));
  const failed = new Set(response?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  return [...failed].every((id) => sent.has(id)) ? failed : sent;
}

function recordOf(message: Received, arn: string): SQSEvent["Records"][number] {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes as unknown as SQSEvent["Records"][number]["attributes"],
    messageAttributes: {},
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: arn,
    awsRegion: region,
  };
}
