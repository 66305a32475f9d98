import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Sha256 } from "@aws-crypto/sha256-js";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../infra/local/cloud.ts";
import { synthesiseFixture } from "./local-fixture.ts";

let cloud: Cloud;
/** A request that was sent before the cloud was ready. */
let early: Promise<Response>;
let data: string;
const log: string[] = [];
let s3: S3Client;
let credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
let sqs: SQSClient;
let table: string;
let bucket: string;
const queue = (name: string) => cloud.resource("AWS::SQS::Queue", name);
// biome-ignore lint/suspicious/noExplicitAny: answers of many AWS calls.
const act = (event: object): Promise<any> => cloud.invoke("Fixture-Actor", event);
const call = (service: string, command: string, input: object) => act({ service, command, input });

beforeAll(async () => {
  const assembly = synthesiseFixture();
  data = join(assembly, "../data");
  const prepare = async ({ url }: Cloud) => {
    early = fetch(`${url}/no/such/route`);
    await sleep(100);
  };
  cloud = await startCloud({ assembly, data, port: 0, log: (line) => void log.push(line), prepare });
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, ...keys } = cloud.environment;
  credentials = {
    accessKeyId: keys.AWS_ACCESS_KEY_ID!,
    secretAccessKey: keys.AWS_SECRET_ACCESS_KEY!,
    sessionToken: keys.AWS_SESSION_TOKEN!,
  };
  s3 = new S3Client({ endpoint, region, credentials });
  sqs = new SQSClient({ endpoint, region, credentials });
  table = cloud.resource("AWS::DynamoDB::GlobalTable");
  bucket = cloud.resource("AWS::S3::Bucket");
}, 60_000);
afterAll(async () => {
  await cloud.stop();
  rmSync(join(data, ".."), { recursive: true });
});

/** What the workers have reported, until it holds. */
async function seen(
  holds: (reports: Record<string, unknown>[]) => boolean,
): Promise<Record<string, unknown>[]> {
  const reports: Record<string, unknown>[] = [];
  const deadline = Date.now() + 10_000;
  while (!holds(reports)) {
    if (Date.now() > deadline) throw new Error(`Not seen in time; seen: ${JSON.stringify(reports)}`);
    reports.push(...(await receive("Seen", 1)).map((body) => JSON.parse(body)));
  }
  return reports;
}

async function receive(name: string, wait: number): Promise<string[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queue(name), MaxNumberOfMessages: 10, WaitTimeSeconds: wait }),
  );
  return Messages.map(({ Body }) => Body!);
}

/** A URL that the administrator has signed, as S3's own presigner does; all given headers are signed. */
async function presigned(method: string, key: string, headers = {}, query = {}, signingDate = new Date()) {
  const endpoint = new URL(cloud.environment.AWS_ENDPOINT_URL!);
  const signer = new SignatureV4({
    service: "s3",
    region: "us-east-1",
    credentials,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const path = `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const request = await signer.presign(
    {
      method,
      protocol: "http:",
      hostname: "127.0.0.1",
      path,
      query,
      headers: { ...headers, host: endpoint.host, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    },
    { signingDate, expiresIn: 60, unhoistableHeaders: new Set(Object.keys(headers)) },
  );
  const search = new URLSearchParams(request.query as Record<string, string>).toString();
  return `${endpoint.origin}${path}?${search.replaceAll("+", "%20")}`;
}

describe("IAM, from the templates", () => {
  const item = { pk: { S: "a" }, brokerage: { S: "b" }, city: { S: "Kent" }, price: { N: "7" } };
  it("lets through what a role may do", async () => {
    expect(await call("dynamodb", "PutItem", { TableName: table, Item: item })).toEqual({});
    expect(await call("dynamodb", "GetItem", { TableName: table, Key: { pk: item.pk } })).toEqual({
      Item: item,
    });
    const query = {
      TableName: table,
      IndexName: "by_place",
      KeyConditionExpression: "brokerage = :b AND city = :c AND price > :p",
      ExpressionAttributeValues: { ":b": { S: "b" }, ":c": { S: "Kent" }, ":p": { N: "6" } },
    };
    expect((await call("dynamodb", "Query", query)).Items).toEqual([item]);
    expect(
      await call("sqs", "SendMessage", { QueueUrl: queue("Work"), MessageBody: "allowed" }),
    ).toHaveProperty("MessageId");
    const secret = await call("secrets", "GetSecretValue", {
      SecretId: cloud.resource("AWS::SecretsManager::Secret"),
    });
    expect(secret.SecretString).toHaveLength(32);
    const object = { Bucket: bucket, Key: "open/a b.txt" };
    expect(await call("s3", "PutObject", { ...object, Body: "text" })).toHaveProperty("ETag");
    expect((await call("s3", "GetObject", object)).text).toBe("text");
  });

  it.each([
    ["dynamodb", "DeleteItem", () => ({ TableName: table, Key: { pk: item.pk } }), "AccessDeniedException"],
    ["dynamodb", "Scan", () => ({ TableName: table }), "AccessDeniedException"],
    [
      "dynamodb",
      "BatchGetItem",
      () => ({ RequestItems: { [table]: { Keys: [{ pk: item.pk }] } } }),
      "AccessDeniedException",
    ],
    [
      "dynamodb",
      "TransactWriteItems",
      () => ({
        TransactItems: [
          { Put: { TableName: table, Item: item } },
          { Delete: { TableName: table, Key: { pk: item.pk } } },
        ],
      }),
      "AccessDeniedException",
    ],
    ["sqs", "ReceiveMessage", () => ({ QueueUrl: queue("Work") }), "AccessDenied"],
    ["sqs", "SendMessage", () => ({ QueueUrl: queue("Seen"), MessageBody: "x" }), "AccessDenied"],
    ["s3", "PutObject", () => ({ Bucket: bucket, Key: "closed/a", Body: "x" }), "AccessDenied"],
    ["s3", "DeleteObject", () => ({ Bucket: bucket, Key: "open/a b.txt" }), "AccessDenied"],
    ["s3", "GetObject", () => ({ Bucket: bucket, Key: "open/missing" }), "AccessDenied"],
    [
      "secrets",
      "PutSecretValue",
      () => ({ SecretId: cloud.resource("AWS::SecretsManager::Secret"), SecretString: "x" }),
      "AccessDeniedException",
    ],
  ])("refuses %s %s", async (service, command, input, error) => {
    expect((await call(service, command, input())).error).toBe(error);
  });

  describe("an explicit deny of items by their partition", () => {
    const put = (pk: string) => ({ TableName: table, Item: { pk: { S: pk } } });
    const key = (pk: string) => ({ TableName: table, Key: { pk: { S: pk } } });
    const writes: [command: string, input: (pk: string) => object][] = [
      ["PutItem", put],
      ["UpdateItem", key],
      ["DeleteItem", key],
      [
        "BatchWriteItem",
        (pk) => ({
          RequestItems: {
            [table]: ["other", pk].map((one) => ({ PutRequest: { Item: { pk: { S: one } } } })),
          },
        }),
      ],
      ["TransactWriteItems", (pk) => ({ TransactItems: [{ Put: put("other") }, { Put: put(pk) }] })],
      ["TransactWriteItems", (pk) => ({ TransactItems: [{ Put: put("other") }, { Delete: key(pk) }] })],
      [
        "TransactWriteItems",
        (pk) => ({
          TransactItems: [
            { Put: put("other") },
            {
              Update: {
                ...key(pk),
                UpdateExpression: "SET a = :a",
                ExpressionAttributeValues: { ":a": { S: "a" } },
              },
            },
          ],
        }),
      ],
    ];
    const reads: [command: string, input: (pk: string) => object][] = [
      ["GetItem", key],
      ["BatchGetItem", (pk) => ({ RequestItems: { [table]: { Keys: [{ pk: { S: pk } }] } } })],
      [
        "Query",
        (pk) => ({
          TableName: table,
          KeyConditionExpression: "#pk = :pk",
          ExpressionAttributeNames: { "#pk": "pk" },
          ExpressionAttributeValues: { ":pk": { S: pk } },
        }),
      ],
    ];
    const as = async (who: string, command: string, input: object) =>
      (await cloud.invoke(`Fixture-${who}`, { service: "dynamodb", command, input })) as { error?: string };

    it.each(writes)("keeps %s off the deployment's items, and nothing else (%#)", async (command, input) => {
      expect((await as("Denied", command, input("deployment"))).error).toBe("AccessDeniedException");
      expect(await as("Denied", command, input("deployment2"))).not.toHaveProperty("error");
      // Sabotage: without the denial it would be written.
      expect(await as("Undenied", command, input("deployment"))).not.toHaveProperty("error");
    });

    it.each(reads)("keeps %s off a brokerage's keys, and nothing else", async (command, input) => {
      expect((await as("Denied", command, input("b1#brokerage#b1"))).error).toBe("AccessDeniedException");
      for (const pk of ["b1#property#p1", "deployment"])
        expect(await as("Denied", command, input(pk))).not.toHaveProperty("error");
      expect(await as("Undenied", command, input("b1#brokerage#b1"))).not.toHaveProperty("error");
    });
  });

  it("refuses who does not sign, and who signs with another's secret", async () => {
    const unsigned = await fetch(`${cloud.environment.AWS_ENDPOINT_URL}/${bucket}/open/a%20b.txt`);
    expect([unsigned.status, await unsigned.text()]).toEqual([403, expect.stringContaining("AccessDenied")]);
    const url = await presigned("GET", "open/a b.txt");
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(url.replace("a%20b", "a%20c"))).status).toBe(403);
    expect((await fetch(`${url}&x-amz-extra=1`)).status).toBe(403);
    const expired = await presigned("GET", "open/a b.txt", {}, {}, new Date(Date.now() - 61_000));
    expect((await fetch(expired)).status).toBe(403);
    for (const [wrong, name] of [
      [{ secretAccessKey: "another" }, "SignatureDoesNotMatch"],
      [{ sessionToken: "another" }, "InvalidToken"],
      [{ accessKeyId: "another" }, "InvalidAccessKeyId"],
    ] as const) {
      const stranger = new S3Client({
        endpoint: cloud.environment.AWS_ENDPOINT_URL!,
        region: "us-east-1",
        credentials: { ...credentials, ...wrong },
      });
      await expect(stranger.send(new ListObjectsV2Command({ Bucket: bucket }))).rejects.toMatchObject({
        name,
      });
    }
    const malformed = await fetch(`${cloud.environment.AWS_ENDPOINT_URL}/%zz`);
    expect([malformed.status, await malformed.text()]).toEqual([400, expect.stringContaining("InvalidURI")]);
  });
});

describe("objects", () => {
  const bytes = Buffer.from("0123456789");
  const checksum = createHash("sha256").update(bytes).digest("base64");
  const signed = { "content-type": "image/png", "content-length": "10", "x-amz-checksum-sha256": checksum };
  const put = (url: string, body: Buffer, headers: object = {}) =>
    fetch(url, {
      method: "PUT",
      body: new Uint8Array(body),
      headers: { "content-type": "image/png", "x-amz-checksum-sha256": checksum, ...headers },
    });

  it("take a presigned upload of the signed length, type and checksum only", async () => {
    const url = await presigned("PUT", "closed/photo", signed);
    expect((await put(url, Buffer.from("012345678"))).status).toBe(403);
    expect((await put(url, bytes, { "content-type": "text/html" })).status).toBe(403);
    expect((await put(url, bytes, { "x-amz-meta-own": "1" })).status).toBe(403);
    const wrong = await put(url, Buffer.from("9876543210"));
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining("BadDigest")]);
    const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "closed/photo" }));
    expect(KeyCount).toBe(0);
    expect((await put(url, bytes)).status).toBe(200);
  });

  it("are read by range and with the headers that the signed URL asks for", async () => {
    const url = await presigned(
      "GET",
      "closed/photo",
      {},
      {
        "response-content-disposition": 'attachment; filename="a.png"',
        "response-content-type": "application/octet-stream",
      },
    );
    const response = await fetch(url, { headers: { range: "bytes=2-4" } });
    expect([response.status, await response.text()]).toEqual([206, "234"]);
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="a.png"');
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    const last = await fetch(url, { headers: { range: "bytes=-3" } });
    expect([await last.text(), last.headers.get("content-range")]).toEqual(["789", "bytes 7-9/10"]);
    expect((await fetch(url, { headers: { range: "bytes=10-" } })).status).toBe(416);
    const etag = createHash("md5").update(bytes).digest("hex");
    expect((await fetch(url, { headers: { "if-none-match": `"${etag}"` } })).status).toBe(304);
  });

  it("are listed over pages, written once where asked, and deleted", async () => {
    for (const name of ["1", "2", "3"])
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `list/${name}`, Body: name }));
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "list/", MaxKeys: 2 }));
    const next = await s3.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: "list/",
        ContinuationToken: page.NextContinuationToken,
      }),
    );
    expect([...page.Contents!, ...next.Contents!].map(({ Key }) => Key)).toEqual([
      "list/1",
      "list/2",
      "list/3",
    ]);
    const once = new PutObjectCommand({ Bucket: bucket, Key: "list/1", Body: "x", IfNoneMatch: "*" });
    await expect(s3.send(once)).rejects.toMatchObject({ name: "PreconditionFailed" });
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: "list/1" }));
    const others = ["list/2", "list/3"].map((Key) =>
      s3.send(new DeleteObjectCommand({ Bucket: bucket, Key })),
    );
    expect((await Promise.all(others)).map(({ $metadata }) => $metadata.attempts)).toEqual([1, 1]);
    await expect(s3.send(new GetObjectCommand({ Bucket: bucket, Key: "list/1" }))).rejects.toMatchObject({
      name: "NoSuchKey",
    });
  });

  it("keep their versions until the rules of the template remove them", async () => {
    const at = (days: number) => cloud.runLifecycle(new Date(Date.now() + days * 86_400_000));
    const kept = async () => {
      const { Versions = [], DeleteMarkers = [] } = await s3.send(
        new ListObjectVersionsCommand({ Bucket: bucket, Prefix: "brief/" }),
      );
      return { versions: Versions, markers: DeleteMarkers };
    };
    const Key = "brief/1";
    for (const Body of ["first", "second"])
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
    const { versions } = await kept();
    expect(versions.map(({ IsLatest }) => IsLatest)).toEqual([true, false]);
    const { VersionId } = versions[1]!;
    const read = async (input: object) =>
      (await s3.send(new GetObjectCommand({ Bucket: bucket, Key, ...input }))).Body!.transformToString();
    expect([await read({}), await read({ VersionId })]).toEqual(["second", "first"]);

    at(0);
    expect((await kept()).versions).toHaveLength(2);
    at(2);
    await expect(read({})).rejects.toMatchObject({ name: "NoSuchKey" });
    expect(await kept()).toMatchObject({ versions: [{}, {}], markers: [{ Key, IsLatest: true }] });
    expect(await read({ VersionId })).toBe("first");
    at(29);
    expect((await kept()).versions).toHaveLength(2);
    // The delete marker of an object without versions is removed in the same run.
    at(32);
    expect(await kept()).toEqual({ versions: [], markers: [] });
    await expect(read({ VersionId })).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("come back when their delete marker is deleted, and go for good version by version", async () => {
    const object = { Bucket: bucket, Key: "open/undone" };
    const { VersionId } = await s3.send(new PutObjectCommand({ ...object, Body: "x" }));
    const marker = await s3.send(new DeleteObjectCommand(object));
    expect(marker.DeleteMarker).toBe(true);
    // Whoever may read the latest version and may not list is told nothing of one by name, nor whether one is there.
    expect((await call("s3", "GetObject", { ...object, VersionId })).error).toBe("AccessDenied");
    expect((await call("s3", "GetObject", object)).error).toBe("AccessDenied");
    await s3.send(new DeleteObjectCommand({ ...object, VersionId: marker.VersionId }));
    expect((await call("s3", "GetObject", object)).text).toBe("x");
    await s3.send(new DeleteObjectCommand({ ...object, VersionId }));
    await expect(s3.send(new GetObjectCommand(object))).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("are refused when the body is cut off, and what was there stays", async () => {
    const Key = "closed/cut";
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "whole" }));
    const url = new URL(await presigned("PUT", Key, { "content-length": "10" }));
    const cut = request(url, { method: "PUT", headers: { "content-length": "10" } });
    cut.on("error", () => {});
    const files = () => readdirSync(join(data, "s3", bucket)).length;
    const before = files();
    cut.write("half");
    await expect.poll(files).toBe(before + 1);
    cut.destroy();
    await expect.poll(files).toBe(before);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    expect(await Body!.transformToString()).toBe("whole");
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: Key }));
    expect(Versions).toHaveLength(1);
  });

  it("are not copied, tagged or sent in parts: the product does none of that", async () => {
    const copy = { Bucket: bucket, Key: "open/b", CopySource: `${bucket}/closed/a` };
    const other = [
      new CopyObjectCommand(copy),
      new PutObjectTaggingCommand({ Bucket: bucket, Key: "open/b", Tagging: { TagSet: [] } }),
      new CreateMultipartUploadCommand({ Bucket: bucket, Key: "open/b" }),
      new GetObjectAclCommand({ Bucket: bucket, Key: "open/b" }),
    ];
    // biome-ignore lint/suspicious/noExplicitAny: commands of four kinds.
    for (const command of other as any[])
      await expect(s3.send(command)).rejects.toMatchObject({ name: "NotImplemented" });
  });

  it("arrive as a stream too, whose checksum stands in a trailer", async () => {
    const large = Buffer.alloc(3_000_000, "gable");
    const { Readable } = await import("node:stream");
    const Body = Readable.from(
      (function* () {
        for (let at = 0; at < large.length; at += 65_536) yield large.subarray(at, at + 65_536);
      })(),
    );
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: "closed/large", Body, ContentLength: large.length }),
    );
    const { Body: stored, ContentEncoding } = await s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: "closed/large" }),
    );
    expect(Buffer.from(await stored!.transformToByteArray()).equals(large)).toBe(true);
    expect(ContentEncoding).toBeUndefined();
  });

  it("tell browsers of the origins in the template only", async () => {
    const preflight = (origin: string) =>
      fetch(`${cloud.environment.AWS_ENDPOINT_URL}/${bucket}/closed/photo`, {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "PUT",
          "access-control-request-headers": "content-type",
        },
      });
    const allowed = await preflight("https://app.example");
    expect([allowed.status, allowed.headers.get("access-control-allow-origin")]).toEqual([
      200,
      "https://app.example",
    ]);
    expect((await preflight("https://other.example")).status).toBe(403);
  });
});

describe("queues and their workers", () => {
  it("bring an upload's event to the worker, after S3's test event", async () => {
    await call("s3", "PutObject", { Bucket: bucket, Key: "in/a photo.jpg", Body: "x" });
    const reports = await seen((all) => all.some(({ worker }) => String(worker).includes("ObjectCreated")));
    const bodies = reports.map(({ worker }) => String(worker));
    expect(bodies.some((body) => body.includes("s3:TestEvent"))).toBe(true);
    const { Records } = JSON.parse(bodies.find((body) => body.includes("ObjectCreated"))!);
    expect(Records[0]).toMatchObject({
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: bucket }, object: { key: "in/a+photo.jpg", size: 1 } },
    });
  });

  it("retry what failed alone, set it aside after the last receive, and take it back on redrive", async () => {
    const Entries = ["ok-1", "fail-1", "ok-2"].map((MessageBody) => ({ Id: MessageBody, MessageBody }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue("Work"), Entries }));
    const reports = await seen((all) =>
      all.some(({ worker, receives }) => worker === "fail-1" && receives === 2),
    );
    expect(reports.filter(({ worker }) => String(worker).startsWith("ok-"))).toHaveLength(2);
    expect(await receive("DeadLetters", 5)).toEqual(["fail-1"]);
    const SourceArn = `arn:aws:sqs:us-east-1:000000000000:${queue("DeadLetters").split("/").at(-1)}`;
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    await seen((all) => all.some(({ worker, receives }) => worker === "fail-1" && receives === 1));
    await sqs.send(new PurgeQueueCommand({ QueueUrl: queue("Work") }));
  });

  it("give a message again when the worker dies", async () => {
    await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: queue("Work"), Entries: [{ Id: "1", MessageBody: "crash" }] }),
    );
    await seen((all) => all.some(({ worker, receives }) => worker === "crash" && receives === 2));
  });
});

describe("the table's stream", () => {
  it("brings every change, isolates the poison and sets it aside whole", async () => {
    const poisonous = { pk: { S: "s2" }, poison: { BOOL: true } };
    for (const Item of [{ pk: { S: "s1" } }, poisonous, { pk: { S: "s3" } }])
      await call("dynamodb", "PutItem", { TableName: table, Item });
    const reports = await seen((all) => all.some(({ change }) => change === "s3"));
    expect(reports.map(({ change }) => change)).toContain("s1");
    expect(reports.map(({ change }) => change)).not.toContain("s2");

    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: "aws/lambda/" }),
    );
    expect(Contents.map(({ Key }) => Key)).toEqual([
      expect.stringMatching(
        /^aws\/lambda\/[\w-]+\/shardId-[\w-]+\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[\da-f-]{36}$/,
      ),
    ]);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: Contents[0]!.Key }));
    const { payload, ...invocation } = JSON.parse(await Body!.transformToString());
    expect(invocation).toMatchObject({
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 2 },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
    const event = JSON.parse(payload);
    expect(event.Records).toMatchObject([{ eventName: "INSERT", dynamodb: { NewImage: poisonous } }]);
    // What was set aside is an event as the function takes it.
    await expect(cloud.invoke("Fixture-Consumer", event)).rejects.toThrow("poison");
  });
});

describe("DynamoDB Local", () => {
  // Java itself, and the shell that ends it with the cloud.
  it.each(["java", "/bin/sh"])(
    "is started again when %s dies, and calls wait for it",
    async (program) => {
      const started = execFileSync("ps", ["-A", "-o", "pid,args"], { encoding: "utf8" })
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .find(
          ([, name, ...rest]) => name?.endsWith(program) && rest.join(" ").includes(join(data, "dynamodb")),
        )!;
      log.length = 0;
      process.kill(Number(started[0]), "SIGKILL");
      await expect.poll(() => log).toContain("DynamoDB Local has died: starting it again");
      const Item = { pk: { S: `after ${program}` } };
      const Key = { pk: Item.pk };
      const endpoint = cloud.environment.AWS_ENDPOINT_URL!;
      const dynamodb = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
      await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
      expect((await dynamodb.send(new GetItemCommand({ TableName: table, Key }))).Item).toEqual(Item);
      expect(log).toContain("DynamoDB Local answers again");
      // The stream goes on where it was.
      await seen((all) => all.some(({ change }) => change === Item.pk.S));
    },
    60_000,
  );
});

describe("functions", () => {
  it("start once, stay warm, and see their own environment alone", async () => {
    const first = await act({ act: "context" });
    const second = await act({ act: "context" });
    expect([second.pid, second.calls]).toEqual([first.pid, first.calls + 1]);
    expect(first.left).toBeGreaterThan(1000);
    expect(first.env).toContain("AWS_LAMBDA_FUNCTION_NAME");
    expect(first.env).not.toContain("HOME");
  });

  it("lose only the invocation that crashes, hangs or is killed", async () => {
    const other = act({ act: "sleep", for: 500 });
    await expect(act({ act: "crash" })).rejects.toMatchObject({ name: "Runtime.ExitError" });
    await expect(act({ act: "throw" })).rejects.toMatchObject({ name: "TypeError", message: "as asked" });
    expect(await other).toHaveProperty("pid");
    await expect(act({ act: "hang" })).rejects.toThrow("timed out after 2 seconds");
    const killed = act({ act: "sleep", for: 1500 });
    killed.catch(() => {});
    await act({ act: "context" });
    expect(cloud.kill("Fixture-Actor")).toBeGreaterThan(0);
    await expect(killed).rejects.toMatchObject({ name: "Runtime.ExitError" });
    expect(await act({})).toHaveProperty("pid");
  });

  it("log one JSON document a line", async () => {
    await act({ act: "print" });
    await expect
      .poll(() => readFileSync(join(data, "logs/Fixture-Actor.log"), "utf8"))
      .toMatch(/"message":"plain words".*\n.*\{"code":"structured"\}/);
  });

  it("are fired by their schedule's name, by hand", async () => {
    await cloud.fire("tick");
    await seen((all) => all.some(({ tick }) => tick === "Scheduled Event"));
    expect((await fetch(`${cloud.url}/_local/fire/Fixture-Tick`, { method: "POST" })).status).toBe(204);
    const unknown = await fetch(`${cloud.url}/_local/fire/nothing`, { method: "POST" });
    expect([unknown.status, await unknown.text()]).toEqual([422, expect.stringContaining("Fixture-Tick")]);
    expect((await fetch(`${cloud.url}/_local/fire/%zz`, { method: "POST" })).status).toBe(422);
  });
});

describe("the HTTP API", () => {
  it("answers what was asked before it was ready", async () => {
    expect((await early).status).toBe(404);
  });

  // biome-ignore lint/suspicious/noExplicitAny: the echoed event.
  const get = async (path: string, init?: RequestInit): Promise<any> =>
    (await fetch(cloud.url + path, init)).json();

  it("takes the most specific route", async () => {
    expect((await get("/v1/things/special")).routeKey).toBe("GET /v1/things/special");
    expect((await get("/v1/things/a%2Fb%20c")).pathParameters).toEqual({ thing_id: "a/b c" });
    expect((await get("/v1/x/y")).pathParameters).toEqual({ rest: "x/y" });
    expect((await get("/v1/any", { method: "DELETE" })).routeKey).toBe("ANY /v1/any");
    expect(await get("/else")).toEqual({ message: "Not Found" });
    expect(await get("/v1/%zz")).toEqual({ message: "Bad Request" });
  });

  it("makes payload 2.0", async () => {
    const event = await get("/v1/things/1?a=1&a=2&b=%20", {
      method: "POST",
      body: '{"é":1}',
      headers: { "Content-Type": "application/json; charset=utf-8", cookie: "x=1; y=2", "X-Own": "v" },
    });
    expect(event).toMatchObject({
      version: "2.0",
      rawQueryString: "a=1&a=2&b=%20",
      queryStringParameters: { a: "1,2", b: " " },
      cookies: ["x=1", "y=2"],
      headers: { "x-own": "v" },
      requestContext: {
        http: { method: "POST", path: "/v1/things/1", sourceIp: "127.0.0.1" },
        stage: "$default",
      },
      body: '{"é":1}',
      isBase64Encoded: false,
    });
    expect(event.requestContext.time).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
    const merge = await get("/v1/any", {
      method: "PATCH",
      body: "{}",
      headers: { "content-type": "application/merge-patch+json" },
    });
    expect([merge.body, merge.isBase64Encoded]).toEqual(["e30=", true]);
    // As they are: a function that is to refuse these bytes has to see them.
    const latin1 = Buffer.from('{"title":"Straße"}', "latin1");
    const headers = { "content-type": "application/json" };
    const raw = await get("/v1/any", { method: "POST", body: latin1, headers });
    expect([raw.body, raw.isBase64Encoded]).toEqual([latin1.toString("base64"), true]);
  });

  it("answers as the gateway does", async () => {
    expect(await get("/v1/any?mode=bare")).toEqual({ hello: "world" });
    const binary = await fetch(`${cloud.url}/v1/any?mode=binary`);
    expect([binary.status, binary.headers.get("content-type"), binary.headers.getSetCookie()]).toEqual([
      201,
      "image/png",
      ["a=1", "b=2"],
    ]);
    expect((await binary.arrayBuffer()).byteLength).toBe(4);
    for (const mode of ["throw", "status"]) {
      const failed = await fetch(`${cloud.url}/v1/any?mode=${mode}`);
      expect([failed.status, await failed.json()]).toEqual([500, { message: "Internal Server Error" }]);
    }
    // Ten megabytes for the gateway; six for the function, and bytes are a third longer in its event.
    for (const megabytes of [5, 11]) {
      const large = await fetch(`${cloud.url}/v1/any`, {
        method: "POST",
        body: Buffer.alloc(megabytes * 2 ** 20),
      });
      expect([large.status, await large.json()]).toEqual([413, { message: "Request Entity Too Large" }]);
    }
  });

  it("answers preflights by its configuration", async () => {
    const preflight = await fetch(`${cloud.url}/v1/any`, {
      method: "OPTIONS",
      headers: {
        origin: "https://app.example",
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization",
      },
    });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "https://app.example",
    ]);
    const other = await fetch(`${cloud.url}/v1/any`, { headers: { origin: "https://other.example" } });
    expect(other.headers.get("access-control-allow-origin")).toBeNull();
  });
});
