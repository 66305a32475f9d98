import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Grant, QueueName } from "../entry/grant.ts";

/** What a job's message says: which record to work on, and where it stands. */
export interface JobMessage {
  readonly brokerage_id: string;
  readonly id: string;
  /** Byte at which a chunk of an import begins. */
  readonly offset?: number;
}

/** Sends to one queue. */
export interface QueueSender {
  send(message: JobMessage): Promise<void>;
}

let client: SQSClient | undefined;

/** Grant: send to a queue. */
export function sendTo(name: QueueName): Grant<QueueSender> {
  return {
    target: { kind: "queue", name },
    actions: ["sqs:SendMessage"],
    open: (QueueUrl) => ({
      async send(message) {
        client ??= new SQSClient({});
        await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
      },
    }),
  };
}
