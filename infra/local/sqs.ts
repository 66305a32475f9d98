import { randomUUID } from "node:crypto";
import { AwsError } from "./aws-error.ts";
import type { Action } from "./iam.ts";
import { account, region } from "./identities.ts";
import type { Queue, Queues } from "./queues.ts";

// biome-ignore lint/suspicious/noExplicitAny: inputs as AWS documents them; the SDK's types have made them.
type Input = any;

const largestMessage = 1024 * 1024;

/** What IAM must allow for an SQS call; the batch forms need the permission of the single one. */
export function sqsActions(operation: string, input: Input): Action[] {
  if (operation === "StartMessageMoveTask" || operation === "ListMessageMoveTasks")
    return [{ action: `sqs:${operation}`, resource: input.SourceArn }];
  const queue = input.QueueUrl?.split("/").at(-1) ?? input.QueueName ?? "*";
  const action = `sqs:${operation.replace(/Batch$/, "")}`;
  return [{ action, resource: `arn:aws:sqs:${region}:${account}:${queue}` }];
}

/** Answers one call of SQS's JSON protocol; throws AwsError. `signal` ends a long poll whose caller has gone. */
export async function answerSqs(
  queues: Queues,
  operation: string,
  input: Input,
  signal: AbortSignal,
): Promise<object> {
  if (operation === "ListQueues") return { QueueUrls: [...queues.byName.values()].map(({ url }) => url) };
  if (operation === "StartMessageMoveTask") {
    queueBy(queues, input.SourceArn).redrive(input.DestinationArn);
    return { TaskHandle: randomUUID() };
  }
  const queue = queueBy(queues, input.QueueUrl ?? input.QueueName);
  switch (operation) {
    case "GetQueueUrl":
      return { QueueUrl: queue.url };
    case "GetQueueAttributes":
      return { Attributes: pick(queue.attributes(), input.AttributeNames ?? []) };
    case "SendMessage":
      checkSize([input]);
      return send(queue, input);
    case "SendMessageBatch":
      checkSize(input.Entries);
      return batch(input.Entries, (entry) => send(queue, entry));
    case "ReceiveMessage":
      return receive(queue, input, signal);
    case "DeleteMessage":
      return remove(queue, input);
    case "DeleteMessageBatch":
      return batch(input.Entries, (entry) => remove(queue, entry));
    case "ChangeMessageVisibility":
      return hide(queue, input);
    case "ChangeMessageVisibilityBatch":
      return batch(input.Entries, (entry) => hide(queue, entry));
    case "PurgeQueue":
      queue.purge();
      return {};
    default:
      throw new AwsError("UnsupportedOperation", 400, `The local cloud has no sqs:${operation}`);
  }
}

function queueBy(queues: Queues, urlOrArn = ""): Queue {
  const queue = queues.byName.get(urlOrArn.split(/[/:]/).at(-1)!);
  if (!queue)
    throw new AwsError("AWS.SimpleQueueService.NonExistentQueue", 400, "The specified queue does not exist.");
  return queue;
}

function send(queue: Queue, { MessageBody, DelaySeconds, MessageAttributes }: Input) {
  return queue.send(MessageBody, { delay: DelaySeconds, attributes: MessageAttributes });
}

async function receive(queue: Queue, input: Input, signal: AbortSignal) {
  const Messages = await queue.receive({
    max: Math.min(10, input.MaxNumberOfMessages ?? 1),
    wait: Math.min(20, input.WaitTimeSeconds ?? 0),
    visibility: input.VisibilityTimeout,
    signal,
  });
  const asked = input.MessageSystemAttributeNames ?? input.AttributeNames ?? [];
  return {
    Messages: Messages.map((message) => ({ ...message, Attributes: pick(message.Attributes, asked) })),
  };
}

function remove(queue: Queue, { ReceiptHandle }: Input) {
  queue.remove(ReceiptHandle);
  return {};
}

function hide(queue: Queue, { ReceiptHandle, VisibilityTimeout }: Input) {
  if (!queue.hide(ReceiptHandle, VisibilityTimeout))
    throw new AwsError("MessageNotInflight", 400, "The message is not in flight");
  return {};
}

function checkSize(entries: readonly { MessageBody: string }[]) {
  const size = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
  if (size > largestMessage)
    throw new AwsError("InvalidParameterValue", 400, `Messages may have ${largestMessage} bytes together`);
}

function batch(entries: readonly (Input & { Id: string })[], apply: (entry: Input) => object) {
  if (entries.length > 10)
    throw new AwsError(
      "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
      400,
      "A batch has ten entries at most",
    );
  const Successful: object[] = [];
  const Failed: object[] = [];
  for (const entry of entries) {
    try {
      Successful.push({ Id: entry.Id, ...apply(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: error.code, Message: error.message });
    }
  }
  return { Successful, Failed };
}

function pick(attributes: Readonly<Record<string, string>>, names: readonly string[]) {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => names.includes("All") || names.includes(name)),
  );
}
