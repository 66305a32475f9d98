import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { startDynamoDb } from "../../infra/local/dynamodb.ts";
import { followStream } from "../../infra/local/stream-source.ts";
import type { Resource } from "../../infra/local/templates.ts";

test("DynamoDB Local lives through 200 changes of a large item that two consumers read when they have piled up", async () => {
  const [name, count] = ["Changed", 200];
  const folder = mkdtempSync(join(tmpdir(), "gable-dynamodb-"));
  const said: string[] = [];
  await using started = new AsyncDisposableStack();
  started.defer(() => rmSync(folder, { recursive: true }));
  const dynamo = await startDynamoDb(folder, (line) => said.push(line));
  started.defer(() => dynamo.stop());
  await dynamo.call("DynamoDB_20120810.CreateTable", {
    TableName: name,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
  for (let change = 0; change < count; change++) {
    const Item = { pk: { S: "a" }, text: { S: "x".repeat(390_000) }, change: { N: String(change) } };
    await dynamo.call("DynamoDB_20120810.PutItem", { TableName: name, Item });
  }

  /** The changes that a consumer is given, until it has all of them, and the positions that are kept of it. */
  async function followed(consumer: string) {
    const [changes, positions, done] = [[] as unknown[], [] as string[], new AbortController()];
    const isOdd = ({ dynamodb }: DynamoDBRecord) => Number(dynamodb!.NewImage!.change!.N) % 2 === 1;
    await followStream({ name: consumer, properties: { FunctionName: consumer } } as Resource, name, {
      dynamo,
      filter: isOdd,
      lambda: {
        async invoke(_: string, { Records }: DynamoDBStreamEvent) {
          changes.push(...Records.map(({ dynamodb }) => Number(dynamodb!.NewImage!.change!.N)));
        },
      },
      checkpoints: {
        get: () => undefined,
        set(_: string, __: string, position: string) {
          positions.push(position);
          if (changes.length === count / 2) done.abort();
        },
      },
      signal: AbortSignal.any([done.signal, AbortSignal.timeout(20_000)]),
    } as unknown as Parameters<typeof followStream>[2]);
    return { changes, positions };
  }
  const all = await Promise.all(["one", "other"].map(followed));
  for (const { changes, positions } of all) {
    expect(changes).toEqual(Array.from({ length: count / 2 }, (_, at) => 2 * at + 1));
    expect(positions).toEqual(positions.toSorted());
  }
  expect(said).toEqual([]);
}, 120_000);
