import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import type { StreamConsumer } from "./definition.ts";
import { type Access, openAll } from "./grant.ts";
import { invocation } from "./invocation.ts";
import { errorFields, log } from "./log.ts";

type Image = Record<string, AttributeValue> | undefined;
const plain = (image: unknown) => (image ? unmarshall(image as NonNullable<Image>) : undefined);

/** The Lambda handler of a stream consumer: the first change that throws is where the shard is read again. */
export async function streamHandler<A extends Access>(consumer: StreamConsumer<A>) {
  const dependencies = openAll(consumer.access, process.env);
  return async (event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    for (const { dynamodb } of event.Records) {
      const change = { before: plain(dynamodb?.OldImage), after: plain(dynamodb?.NewImage) };
      try {
        await consumer.run({ ...invocation(consumer.id, null), ...dependencies, change });
      } catch (error) {
        log("change_failed", {
          consumer: consumer.id,
          sequence: dynamodb?.SequenceNumber,
          ...errorFields(error),
        });
        return { batchItemFailures: [{ itemIdentifier: dynamodb?.SequenceNumber ?? "" }] };
      }
    }
    return { batchItemFailures: [] };
  };
}
