import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DynamoDb, startDynamoDb } from "../../infra/local/dynamodb.ts";

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
