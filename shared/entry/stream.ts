import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { type Access, openAll } from "../data/grant.ts";
import type { StreamConsumer } from "./definition.ts";
import { invocation } from "./invocation.ts";
import { errorFields, log } from "./log.ts";

type Image = Record<string, AttributeValue> | undefined;
const plain = (image: unknown) => (image ? unmarshall(image as NonNullable<Image>) : undefined);

/**
 * The Lambda handler of a stream consumer: the changes of an item in order, those of different items at the same time.
 * The first change that throws is where the shard is read again, and what came after it is done again.
 */
export async function streamHandler<A extends Access>(consumer: StreamConsumer<A>) {
  const dependencies = openAll(consumer.access, process.env);

  /** Does the changes of one item; answers the place of the first that throws. */
  async function follow(changes: readonly Placed[]): Promise<number | undefined> {
    for (const { dynamodb, place } of changes) {
      const change = { before: plain(dynamodb?.OldImage), after: plain(dynamodb?.NewImage) };
      try {
        await consumer.run({ ...invocation(consumer.id, null), ...dependencies, change });
      } catch (error) {
        const sequence = dynamodb?.SequenceNumber;
        log("change_failed", { consumer: consumer.id, sequence, ...errorFields(error) });
        return place;
      }
    }
    return undefined;
  }

  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const placed = Records.map(({ dynamodb }, place): Placed => ({ dynamodb, place }));
    const items = Map.groupBy(placed, ({ dynamodb }) => JSON.stringify(dynamodb?.Keys));
    const failed = (await Promise.all([...items.values()].map(follow))).filter(
      (place) => place !== undefined,
    );
    const first = failed.length > 0 ? Records[Math.min(...failed)] : undefined;
    return {
      batchItemFailures: first ? [{ itemIdentifier: first.dynamodb?.SequenceNumber ?? "" }] : [],
    };
  };
}

interface Placed {
  readonly dynamodb: DynamoDBRecord["dynamodb"];
  readonly place: number;
}
