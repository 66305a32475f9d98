import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AttributeValue, DynamoDBBatchResponse, DynamoDBRecord } from "aws-lambda";
import type { Checkpoints } from "./checkpoints.ts";
import type { DynamoDb } from "./dynamodb.ts";
import type { EventFilter } from "./event-filter.ts";
import { nameIn, region } from "./identities.ts";
import type { Lambda } from "./lambda.ts";
import type { Resource } from "./templates.ts";

/** What a mapping's role needs to read a table's stream. */
export const streamSourceActions = ["DescribeStream", "GetRecords", "GetShardIterator"].map(
  (name) => `dynamodb:${name}`,
);

// Lambda reads a shard some four times a second: what is written in between comes as one batch.
const pollPause = 150;
const lookForShards = 5000;
const longestBackoff = 10_000;
/**
 * How many records are read from a stream at once. AWS answers with 1 MB at most, DynamoDB Local with all that is asked for:
 * a hundred changes of the largest items, each before and after, were more than its memory, and several consumers read.
 */
export const readAtOnce = 25;
// Lambda splits a batch whose event would be larger than what a function can be given.
const largestBatch = 4 * 1024 * 1024;

interface RecordPage {
  // biome-ignore lint/suspicious/noExplicitAny: records as DynamoDB Local has them.
  readonly Records: readonly any[];
  readonly NextShardIterator?: string;
}

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
}

/** Feeds a function from a table's stream until the signal, each shard in order, from where it last came to. */
export async function followStream(
  mapping: Resource,
  tableName: string,
  {
    dynamo,
    lambda,
    checkpoints,
    filter,
    setAside,
    signal,
  }: {
    dynamo: DynamoDb;
    lambda: Lambda;
    checkpoints: Checkpoints;
    /** Which records the function gets; the others are passed over. */
    filter: EventFilter;
    /** Keeps records that were given up on in the failure destination, under a key. */
    setAside: (key: string, invocation: string) => Promise<void>;
    signal: AbortSignal;
  },
): Promise<void> {
  const { properties } = mapping;
  const { FunctionName, EventSourceArn, BatchSize = 100, BisectBatchOnFunctionError } = properties;
  const { MaximumRetryAttempts = -1, MaximumRecordAgeInSeconds = -1, FunctionResponseTypes } = properties;
  const functionName = nameIn(FunctionName);
  const reports = FunctionResponseTypes?.includes("ReportBatchItemFailures");
  const streams = (operation: string, input: object) =>
    dynamo.call(`DynamoDBStreams_20120810.${operation}`, input);
  const { Table } = await dynamo.call("DynamoDB_20120810.DescribeTable", { TableName: tableName });
  const StreamArn: string = Table.LatestStreamArn;
  const reading = new Map<string, Promise<void>>();

  while (!signal.aborted) {
    const { StreamDescription } = await streams("DescribeStream", { StreamArn });
    const shards: Shard[] = StreamDescription.Shards ?? [];
    const isOpen = (id?: string) =>
      shards.some(({ ShardId }) => ShardId === id) && checkpoints.get(mapping.name, id!) !== "end";
    // A child holds what came after its parent: it waits until the parent is read to its end.
    for (const { ShardId, ParentShardId } of shards)
      if (!reading.has(ShardId) && isOpen(ShardId) && !isOpen(ParentShardId))
        reading.set(
          ShardId,
          read(ShardId).catch(() => void reading.delete(ShardId)),
        );
    await pause(lookForShards);
  }
  await Promise.all(reading.values());

  async function read(ShardId: string) {
    let iterator: string | undefined = await iteratorFrom(ShardId, checkpoints.get(mapping.name, ShardId));
    while (iterator && !signal.aborted) {
      const records: DynamoDBRecord[] = [];
      let last: DynamoDBRecord | undefined;
      let hasMore = true;
      // Enough for several batches: only the last is smaller.
      for (let seen = 0; iterator && hasMore && seen < 10 * BatchSize && !signal.aborted; ) {
        const page: RecordPage = await streams("GetRecords", { ShardIterator: iterator, Limit: readAtOnce });
        const found = page.Records.map(eventRecord);
        records.push(...found.filter(filter));
        seen += found.length;
        last = found.at(-1) ?? last;
        iterator = page.NextShardIterator;
        hasMore = found.length === readAtOnce;
      }
      for (const batch of batchesOf(records)) {
        await deliver(batch, ShardId);
        if (signal.aborted) return;
        checkpoints.set(mapping.name, ShardId, sequenceOf(batch.at(-1)!));
      }
      if (last) checkpoints.set(mapping.name, ShardId, sequenceOf(last));
      if (!hasMore) await pause(pollPause);
    }
    if (!iterator) checkpoints.set(mapping.name, ShardId, "end");
  }

  async function iteratorFrom(ShardId: string, SequenceNumber: string | undefined): Promise<string> {
    const ask = (input: object) => streams("GetShardIterator", { StreamArn, ShardId, ...input });
    const oldest = () => ask({ ShardIteratorType: "TRIM_HORIZON" });
    const from = SequenceNumber
      ? await ask({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber }).catch(oldest)
      : await oldest();
    return from.ShardIterator;
  }

  /** Calls the function until it has taken every record, or given up on each that it never takes. */
  async function deliver(records: readonly DynamoDBRecord[], shard: string): Promise<void> {
    let rest = records;
    for (let attempt = 1; rest.length > 0 && !signal.aborted; attempt++) {
      const failure = await firstFailure(rest);
      if (failure === undefined) return;
      rest = rest.slice(failure.at);
      // A report says itself where the batch is cut: only one whose function has failed is halved.
      if (BisectBatchOnFunctionError && !failure.reported && rest.length > 1) {
        const half = Math.ceil(rest.length / 2);
        await deliver(rest.slice(0, half), shard);
        return deliver(rest.slice(half), shard);
      }
      const age = Date.now() / 1000 - (rest[0]!.dynamodb!.ApproximateCreationDateTime ?? 0);
      const tooOld = MaximumRecordAgeInSeconds >= 0 && age > MaximumRecordAgeInSeconds;
      const tooOften = MaximumRetryAttempts >= 0 && attempt > MaximumRetryAttempts;
      if (tooOld || tooOften)
        return setAside(
          setAsideKey(shard),
          setAsideInvocation(rest, shard, tooOld ? "RecordAgeExceeded" : "RetryAttemptsExhausted", attempt),
        );
      await pause(Math.min(longestBackoff, 100 * 2 ** (attempt - 1)));
    }
  }

  /** The first record that the function did not take, and whether it said so itself; undefined when it took all. */
  async function firstFailure(
    records: readonly DynamoDBRecord[],
  ): Promise<{ at: number; reported: boolean } | undefined> {
    const result = await lambda.invoke(functionName, { Records: records }).catch(() => "failed" as const);
    if (result === "failed") return { at: 0, reported: false };
    const response = reports ? (result as DynamoDBBatchResponse | null) : null;
    const failures = response?.batchItemFailures ?? [];
    if (failures.length === 0) return undefined;
    const at = Math.min(
      ...failures.map((failure) => records.findIndex((r) => sequenceOf(r) === failure.itemIdentifier)),
    );
    // An identifier that is in no record fails the whole batch.
    return at < 0 ? { at: 0, reported: false } : { at, reported: true };
  }

  /** Where Lambda puts it: `aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<UUID>`. */
  function setAsideKey(shardId: string): string {
    const [moment = ""] = new Date().toISOString().split(".");
    const day = moment.slice(0, 10).replaceAll("-", "/");
    return `aws/lambda/${mapping.name}/${shardId}/${day}/${moment.replaceAll(":", ".")}-${randomUUID()}`;
  }

  /** The invocation as Lambda describes it to a bucket: with the whole event, as text, in `payload`. */
  function setAsideInvocation(
    records: readonly DynamoDBRecord[],
    shardId: string,
    condition: string,
    attempts: number,
  ) {
    const arrival = (record: DynamoDBRecord) =>
      new Date((record.dynamodb!.ApproximateCreationDateTime ?? 0) * 1000).toISOString();
    const [first, last] = [records[0]!, records.at(-1)!];
    return JSON.stringify({
      requestContext: {
        requestId: randomUUID(),
        functionArn: FunctionName,
        condition,
        approximateInvokeCount: attempts,
      },
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
      version: "1.0",
      timestamp: new Date().toISOString(),
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: sequenceOf(first),
        endSequenceNumber: sequenceOf(last),
        approximateArrivalOfFirstRecord: arrival(first),
        approximateArrivalOfLastRecord: arrival(last),
        batchSize: records.length,
        streamArn: EventSourceArn,
      },
      payload: JSON.stringify({ Records: records }),
    });
  }

  function* batchesOf(records: readonly DynamoDBRecord[]) {
    let batch: DynamoDBRecord[] = [];
    let size = 0;
    for (const record of records) {
      const bytes = record.dynamodb!.SizeBytes ?? 0;
      if (batch.length > 0 && (batch.length === BatchSize || size + bytes > largestBatch)) {
        yield batch;
        batch = [];
        size = 0;
      }
      batch.push(record);
      size += bytes;
    }
    if (batch.length > 0) yield batch;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a record as the stream's API answers it.
  function eventRecord({ userIdentity, ...record }: any): DynamoDBRecord {
    const { NewImage, OldImage } = record.dynamodb;
    const identity = userIdentity && { type: userIdentity.Type, principalId: userIdentity.PrincipalId };
    return {
      ...record,
      dynamodb: {
        ...record.dynamodb,
        ...(NewImage && { NewImage: withEmptyMaps(NewImage) }),
        ...(OldImage && { OldImage: withEmptyMaps(OldImage) }),
      },
      awsRegion: region,
      eventSourceARN: EventSourceArn,
      ...(identity && { userIdentity: identity }),
    };
  }

  async function pause(milliseconds: number) {
    await sleep(milliseconds, undefined, { signal }).catch(() => {});
  }
}

type Values = Record<string, AttributeValue>;

/** Attributes as AWS's stream has them. */
export const withEmptyMaps = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, mended(value)]));

/** The stream of DynamoDB Local answers an empty map as `{}`; on AWS it is `{"M": {}}`. */
function mended(value: AttributeValue): AttributeValue {
  if (value.L) return { L: value.L.map(mended) };
  if (value.M) return { M: withEmptyMaps(value.M) };
  return Object.keys(value).length === 0 ? { M: {} } : value;
}

const sequenceOf = (record: DynamoDBRecord): string => record.dynamodb!.SequenceNumber!;
