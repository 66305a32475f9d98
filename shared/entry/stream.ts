import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { type Grants, openDependencies } from "../data/grant.ts";
import type { Change, StreamConsumer } from "./definition.ts";
import { invocation } from "./invocation.ts";
import { errorFields, log } from "./log.ts";

type Image = Record<string, AttributeValue> | undefined;
const plain = (image: unknown) => (image ? unmarshall(image as NonNullable<Image>) : undefined);

/**
 * The Lambda handler of a stream consumer. What came before the first change that fails is done, and the shard is read
 * again from there. Where that is the first of the batch, the handler throws: Lambda then halves the batch, and tries
 * again until the change stands alone. A report would have the same batch tried again, and in the end set aside.
 */
export async function streamHandler<A extends Grants>(consumer: StreamConsumer<A>) {
  const dependencies = openDependencies(consumer.access, process.env);
  const context = () => ({ ...invocation(consumer.id, null), ...dependencies });

  /** Takes the batch; answers the first failure. */
  async function take(records: readonly DynamoDBRecord[]): Promise<Failure | undefined> {
    const { runBatch } = consumer;
    if (runBatch) {
      try {
        await runBatch({ ...context(), changes: records.map(({ dynamodb }) => changeOf(dynamodb)) });
        return undefined;
      } catch (error) {
        return { place: 0, error };
      }
    }
    const placed = records.map(({ dynamodb }, place): Placed => ({ dynamodb, place }));
    const items = Map.groupBy(placed, ({ dynamodb }) => JSON.stringify(dynamodb?.Keys));
    const failures = (await Promise.all([...items.values()].map(follow))).filter((one) => one !== undefined);
    return failures.sort((a, b) => a.place - b.place)[0];
  }

  /** Takes the changes of one item; answers the first failure. */
  async function follow(changes: readonly Placed[]): Promise<Failure | undefined> {
    for (const { dynamodb, place } of changes)
      try {
        await consumer.run?.({ ...context(), change: changeOf(dynamodb) });
      } catch (error) {
        return { place, error };
      }
    return undefined;
  }

  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const failure = await take(Records);
    if (!failure) return { batchItemFailures: [] };
    const { place, error } = failure;
    const sequence = Records[place]?.dynamodb?.SequenceNumber ?? "";
    log("change_failed", { consumer: consumer.id, sequence, batch: Records.length, ...errorFields(error) });
    // Not the error itself: Lambda logs what it carries, and a failed write carries the item.
    if (place === 0) throw new Error(`${consumer.id} failed on the first of ${Records.length} changes`);
    return { batchItemFailures: [{ itemIdentifier: sequence }] };
  };
}

interface Placed {
  readonly dynamodb: DynamoDBRecord["dynamodb"];
  readonly place: number;
}

interface Failure {
  readonly place: number;
  readonly error: unknown;
}

const changeOf = (dynamodb: DynamoDBRecord["dynamodb"]): Change => ({
  before: plain(dynamodb?.OldImage),
  after: plain(dynamodb?.NewImage),
});
