import { marshall } from "@aws-sdk/util-dynamodb";
import type { Context, DynamoDBStreamEvent, SQSEvent } from "aws-lambda";
import { applyEffects } from "../../functions/changes/apply-effects.ts";
import type { Grants } from "../../shared/data/grant.ts";
import type { Item } from "../../shared/data/table.ts";
import type { Schedule, StreamConsumer } from "../../shared/entry/definition.ts";
import { queueHandler } from "../../shared/entry/queue.ts";
import { scheduleHandler } from "../../shared/entry/schedule.ts";
import { streamHandler } from "../../shared/entry/stream.ts";
import { expectStatus } from "../cloud.ts";

/** A job to deliver, as an event of its function, and whether it has ended. */
export interface Delivery {
  readonly functionId: string;
  readonly event: object;
  /** Delivers it in this process. */
  deliver(): Promise<unknown>;
  settled(): Promise<boolean>;
}

const lambda = { awsRequestId: "crash", getRemainingTimeInMillis: () => 60_000 } as Context;

export const now = () => new Date().toISOString();

export async function aProperty(token: string): Promise<string> {
  const body = {
    title: "A crash site",
    property_type: "house",
    price: 600_000,
    location: { lat: 47.69, lng: -122.37 },
  };
  return (await expectStatus(201, "POST", "/v1/properties", { token, body })).id;
}

export async function scheduled<A extends Grants>(
  schedule: Schedule<A>,
  settled: () => Promise<boolean>,
): Promise<Delivery> {
  const handler = await scheduleHandler(schedule);
  return { functionId: schedule.id, event: {}, deliver: () => handler(), settled };
}

export async function queued(
  worker: Parameters<typeof queueHandler>[0],
  message: object,
  settled: () => Promise<boolean>,
): Promise<Delivery> {
  const handler = await queueHandler(worker);
  const attributes = { ApproximateReceiveCount: "1" };
  const Records = [{ messageId: "m", body: JSON.stringify(message), attributes }];
  const deliver = () => handler({ Records } as unknown as SQSEvent, lambda);
  return { functionId: worker.id, event: { Records }, deliver, settled };
}

export async function streamed(
  before: Item | undefined,
  after: Item,
  consumer: StreamConsumer = applyEffects,
  isDone = async () => true,
): Promise<Delivery> {
  const handler = await streamHandler(consumer);
  const image = (item: Item | undefined) => item && marshall(item, { removeUndefinedValues: true });
  const Records = [{ dynamodb: { OldImage: image(before), NewImage: image(after), SequenceNumber: "1" } }];
  let failed = true;
  return {
    functionId: consumer.id,
    event: { Records },
    async deliver() {
      failed = true;
      const { batchItemFailures } = await handler({ Records } as unknown as DynamoDBStreamEvent);
      failed = batchItemFailures.length > 0;
    },
    settled: async () => (consumer === applyEffects ? !failed : isDone()),
  };
}
