import { randomUUID } from "node:crypto";
import { AwsError, unsupported } from "./aws-error.ts";
import type { Action } from "./iam.ts";
import { arn } from "./identities.ts";
import type { Queue, Queues } from "./queues.ts";

// biome-ignore lint/suspicious/noExplicitAny: inputs as AWS documents them; the SDK's types have made them.
type Input = any;

const largestMessage = 1024 * 1024;

/** What IAM must allow for an SQS call; the batch form needs the permission of the single one. */
export function sqsActions(operation: string, input: Input): Action[] {
  const queue = input.QueueUrl?.split("/").at(-1);
  const resource = input.SourceArn ?? arn("sqs", queue ?? "*");
  return [{ action: `sqs:${operation.replace(/Batch$/, "")}`, resource }];
}

/** Answers one call of SQS's JSON protocol; throws AwsError. `signal` ends a long poll whose caller has gone. */
export async function answerSqs(
  queues: Queues,
  operation: string,
  input: Input,
  signal: AbortSignal,
): Promise<object> {
  const queue = queues.byName.get(
    String(input.QueueUrl ?? input.SourceArn)
      .split(/[/:]/)
      .at(-1)!,
  );
  if (!queue)
    throw new AwsError("AWS.SimpleQueueService.NonExistentQueue", 400, "The specified queue does not exist.");
  switch (operation) {
    case "GetQueueAttributes":
      return { Attributes: pick(queue.attributes(), input.AttributeNames) };
    case "SendMessage":
      checkSize([input]);
      return send(queue, input);
    case "SendMessageBatch":
      checkSize(input.Entries);
      return { Successful: input.Entries.map((entry: Input) => ({ Id: entry.Id, ...send(queue, entry) })) };
    case "ReceiveMessage":
      return receive(queue, input, signal);
    case "DeleteMessage":
      queue.remove(input.ReceiptHandle);
      return {};
    case "ChangeMessageVisibility":
      if (queue.hide(input.ReceiptHandle, input.VisibilityTimeout)) return {};
      throw new AwsError("MessageNotInflight", 400, "The message is not in flight");
    case "PurgeQueue":
      queue.purge();
      return {};
    case "StartMessageMoveTask":
      queue.redrive(input.DestinationArn);
      return { TaskHandle: randomUUID() };
    default:
      throw unsupported("sqs", operation);
  }
}

const send = (queue: Queue, { MessageBody, DelaySeconds }: Input) => queue.send(MessageBody, DelaySeconds);

async function receive(queue: Queue, input: Input, signal: AbortSignal) {
  const Messages = await queue.receive({
    max: Math.min(10, input.MaxNumberOfMessages ?? 1),
    wait: Math.min(20, input.WaitTimeSeconds ?? 0),
    visibility: input.VisibilityTimeout,
    signal,
  });
  const asked = input.MessageSystemAttributeNames ?? input.AttributeNames;
  return {
    Messages: Messages.map((message) => ({ ...message, Attributes: pick(message.Attributes, asked) })),
  };
}

function checkSize(entries: readonly { MessageBody: string }[]) {
  const size = entries.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody), 0);
  if (size > largestMessage)
    throw new AwsError("InvalidParameterValue", 400, `Messages may have ${largestMessage} bytes together`);
}

function pick(attributes: Readonly<Record<string, string>>, names: readonly string[] = []) {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => names.includes("All") || names.includes(name)),
  );
}
