import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DynamoDb, startDynamoDb, storeIn } from "../../infra/local/dynamodb.ts";
import { createTables } from "../../infra/local/dynamodb-tables.ts";
import type { Resource } from "../../infra/local/templates.ts";

const folder = mkdtempSync(join(tmpdir(), "gable-dynamodb-"));
const TableName = "Large";
const large = { ConsistentRead: true, TableName };
/** Passes on what it is sent, as the cloud's endpoint does, for a caller who is gone by then. */
const endpoint = createServer(async (incoming, response) => {
  const body = await buffer(incoming);
  await once(response.destroy(), "close");
  await dynamo.forward(incoming, body, response);
});
let dynamo: DynamoDb;

beforeAll(async () => {
  dynamo = await startDynamoDb(join(folder, "dynamodb"), () => {});
  endpoint.listen(0, "127.0.0.1");
  await dynamo.call("DynamoDB_20120810.CreateTable", {
    TableName,
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  for (const pk of ["a", "b"])
    await dynamo.call("DynamoDB_20120810.PutItem", {
      TableName,
      Item: { pk: { S: pk }, text: { S: "x".repeat(390_000) } },
    });
});
afterAll(async () => {
  endpoint.close();
  await dynamo.stop();
  rmSync(folder, { recursive: true });
});

/** Asks for a large answer and goes away before there is one, as a function does that is killed. */
function dies(): Promise<void> {
  const { port } = endpoint.address() as AddressInfo;
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.Scan",
    authorization:
      "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host",
  };
  return new Promise((gone) => {
    request({ port, host: "127.0.0.1", method: "POST", headers })
      .on("error", () => {})
      .on("close", gone)
      .end(JSON.stringify(large));
  });
}

it("answers after more callers died while they waited than it has connections", async () => {
  for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 30 }, dies));
  const { Count } = await dynamo.call("DynamoDB_20120810.Scan", large);
  expect(Count).toBe(2);
}, 30_000);

it("answers the same when it is made to answer sooner", async () => {
  const keyed = (...names: string[]) =>
    names.map((AttributeName, at) => ({
      AttributeName,
      KeyType: at === names.length - 1 ? "RANGE" : "HASH",
    }));
  const [IndexName, Projection] = ["by_state", { ProjectionType: "INCLUDE", NonKeyAttributes: ["title"] }];
  const table = {
    name: "Indexed",
    properties: {
      AttributeDefinitions: ["pk", "sk", "office", "state", "at", "price"].map((AttributeName) => ({
        ...{ AttributeName, AttributeType: AttributeName === "price" ? "N" : "S" },
      })),
      KeySchema: keyed("pk", "sk"),
      GlobalSecondaryIndexes: [
        { IndexName, KeySchema: keyed("office", "state", "at"), Projection },
        {
          IndexName: "by_day",
          KeySchema: keyed("office", "at"),
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
        { IndexName: "by_price", KeySchema: keyed("office", "price"), Projection },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    },
  } as unknown as Resource;
  const call = (operation: string, input: object) =>
    dynamo.call(`DynamoDB_20120810.${operation}`, { TableName: table.name, ...input });
  /** What a table says of itself and of items in it, and how long its description is in the file. */
  async function seen(partition: string) {
    const item = (sk: string, at: string, title: string, price: number) => ({
      ...Object.fromEntries(
        Object.entries({ pk: partition, sk, office: partition, state: "sold", at, title, more: "m" }).map(
          ([name, S]) => [name, { S: S as string }],
        ),
      ),
      price: { N: String(price) },
    });
    // As text the prices would be the other way round.
    await call("PutItem", { Item: item("1", "2026-01-01", "A", 1_250_000) });
    await call("PutItem", { Item: item("2", "2026-01-02", "B", 725_000) });
    await call("UpdateItem", {
      Key: { pk: { S: partition }, sk: { S: "1" } },
      UpdateExpression: "SET #at = :at",
      ExpressionAttributeNames: { "#at": "at" },
      ExpressionAttributeValues: { ":at": { S: "2026-01-03" } },
    });
    const of = (IndexName: string, keys: string, names = {}, values = {}, page = {}) =>
      call("Query", {
        ...{
          ...page,
          IndexName,
          KeyConditionExpression: keys,
          ExpressionAttributeNames: { "#o": "office", ...names },
        },
        ExpressionAttributeValues: { ":o": { S: partition }, ...values },
      });
    const dearest = {
      ...{ pk: { S: partition }, sk: { S: "1" } },
      ...{ office: { S: partition }, price: { N: "1250000" } },
    };
    const refused = await Promise.allSettled([
      call("PutItem", { Item: { ...item("3", "2026-01-04", "C", 1), price: { S: "1" } } }),
      of("by_price", "#o = :o AND #p < :p", { "#p": "price" }, { ":p": { S: "1" } }),
      of("by_price", "#o = :o", {}, {}, { ExclusiveStartKey: { ...dearest, price: { S: "1" } } }),
    ]);
    const lists = [
      await of("by_state", "#o = :o AND #s = :s", { "#s": "state" }, { ":s": { S: "sold" } }),
      await of("by_day", "#o = :o AND #a > :a", { "#a": "at" }, { ":a": { S: "2026-01-01" } }),
      await of("by_price", "#o = :o AND #p < :p", { "#p": "price" }, { ":p": { N: "10000000" } }),
      await of(
        "by_price",
        "#o = :o",
        {},
        {},
        { Limit: 1, ExclusiveStartKey: dearest, ScanIndexForward: false },
      ),
      await call("Scan", {
        FilterExpression: "pk = :o",
        ExpressionAttributeValues: { ":o": { S: partition } },
      }),
    ];
    const { Table } = await call("DescribeTable", {});
    const store = new DatabaseSync(storeIn(join(folder, "dynamodb")), { readOnly: true });
    const { length } = store
      .prepare("SELECT length(TableInfo) length FROM dm WHERE TableName = 'Indexed'")
      .get()!;
    store.close();
    const text = JSON.stringify([
      lists.map(({ Items }) => Items),
      refused.map((one) => one.status === "rejected" && String(one.reason)),
      Table.AttributeDefinitions,
      Table.KeySchema,
    ]);
    expect(lists.map(({ Items }) => Items.length)).toEqual([2, 2, 2, 1, 2]);
    expect(refused.map(({ status }) => status)).toEqual(Array(3).fill("rejected"));
    return {
      answers: text.replaceAll(`"${partition}"`, '"p"'),
      indexes: Table.GlobalSecondaryIndexes.map(
        ({ IndexName, KeySchema, Projection }: object & Record<string, unknown>) => ({
          ...{ IndexName, KeySchema, Projection },
        }),
      ),
      counts: Table.GlobalSecondaryIndexes.map(({ ItemCount }: { ItemCount: number }) => ItemCount),
      length: Number(length),
    };
  }
  await call("CreateTable", { ...table.properties, BillingMode: "PAY_PER_REQUEST" });
  const before = await seen("before");
  await createTables(dynamo, join(folder, "dynamodb"), [table]);
  const after = await seen("after");
  expect(after.answers).toBe(before.answers);
  expect(after.indexes).toEqual(before.indexes);
  expect([before.counts, after.counts]).toEqual([Array(3).fill(2), Array(3).fill(4)]);
  expect(after.length).toBeLessThan(0.7 * before.length);
  // A second start finds it done.
  await createTables(dynamo, join(folder, "dynamodb"), [table]);
  expect((await seen("again")).length).toBe(after.length);
});
