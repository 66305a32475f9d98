import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Grant, QueueName } from "./grant.ts";
import type { Key } from "./table.ts";

/**
 * What a message says: whose job it is and what its worker's schema asks for, where the next brokerages begin, or which
 * part of the table is migrated.
 */
type Message =
  | MigrationMessage
  | ({ readonly brokerage_id: string } & Readonly<Record<string, string | number | readonly string[]>>)
  | { readonly brokerages_from: Key | null };

/** A part of the table (a brokerage's, the deleted records, the directory) whose next page is to be migrated in a run. */
export interface MigrationMessage {
  readonly migration: string;
  readonly run: string;
  readonly part: string;
}

/** Sends to one queue. */
export interface QueueSender {
  /** `delay` is the seconds until it can be received. */
  send(message: Message, delay?: number): Promise<void>;
}

let client: SQSClient | undefined;
const sqs = () => {
  client ??= new SQSClient({});
  return client;
};

/** Grant: send to a queue. */
export function sendTo(name: QueueName): Grant<QueueSender> {
  return {
    target: { kind: "queue", name },
    actions: ["sqs:SendMessage"],
    open: (QueueUrl) => ({
      async send(message, DelaySeconds) {
        const MessageBody = JSON.stringify(message);
        await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
      },
    }),
  };
}

/** Lets a message that was received come back after so many seconds, whatever its queue's visibility timeout. */
export async function changeVisibility(
  QueueUrl: string,
  ReceiptHandle: string,
  seconds: number,
): Promise<void> {
  await sqs().send(
    new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: seconds }),
  );
}
