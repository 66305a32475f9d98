import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { synthesiseFixture } from "./local-fixture.ts";

let assembly: string;
let folder: string;
let data: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  assembly = synthesiseFixture();
  folder = join(assembly, "..");
  data = join(folder, "data");
});
afterEach(() => {
  for (const process of started.splice(0)) process.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly error?: string;
  readonly table: string;
  readonly bucket: string;
  readonly seen: string;
  readonly work: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function start(...how: "at rest"[]): Promise<{ process: ChildProcess; said: Said }> {
  const program = join(import.meta.dirname, "local-process.ts");
  const process = fork(program, [assembly, data, ...how], { execArgv: [] });
  started.push(process);
  const [said] = await once(process, "message");
  return { process, said };
}

async function call(process: ChildProcess, command: string, input: object, service = "dynamodb") {
  process.send({ service, command, input });
  const [{ result }] = await once(process, "message");
  return result;
}

/** Processes that belong to the fixture: Java has the data folder among its arguments, workers their code's. */
const left = () =>
  execFileSync("ps", ["-A", "-o", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(folder));

function dropAction(action: string) {
  const file = readdirSync(assembly).find(
    (name) => name.startsWith("Compute") && name.endsWith(".template.json"),
  )!;
  const text = readFileSync(join(assembly, file), "utf8");
  expect(text).toContain(`"${action}"`);
  writeFileSync(join(assembly, file), text.replaceAll(`"${action}"`, '"dynamodb:DescribeTable"'));
}

function client({ environment }: Said) {
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, ...keys } = environment;
  const credentials = {
    accessKeyId: keys.AWS_ACCESS_KEY_ID!,
    secretAccessKey: keys.AWS_SECRET_ACCESS_KEY!,
    sessionToken: keys.AWS_SESSION_TOKEN!,
  };
  return new SQSClient({ endpoint: endpoint!, region: region!, credentials });
}

async function waiting(said: Said): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: said.seen, AttributeNames: ["All"] });
  const { Attributes } = await client(said).send(command);
  return Number(Attributes?.ApproximateNumberOfMessages);
}

async function bodiesOf(said: Said): Promise<Record<string, unknown>[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: said.seen, MaxNumberOfMessages: 10 });
  const { Messages = [] } = await client(said).send(command);
  return Messages.map(({ Body }) => JSON.parse(Body!));
}

it("survives kill -9, leaves no process, finds its data again, and reads IAM from the templates alone", async () => {
  const first = await start();
  const { table, bucket } = first.said;
  const Item = { pk: { S: "kept" }, brokerage: { S: "b" }, city: { S: "c" }, price: { N: "1" } };
  const Key = { pk: Item.pk };
  expect(await call(first.process, "PutItem", { TableName: table, Item })).toEqual({});
  expect(await call(first.process, "GetItem", { TableName: table, Key })).toEqual({ Item });
  expect(
    await call(first.process, "PutObject", { Bucket: bucket, Key: "open/kept", Body: "bytes" }, "s3"),
  ).toHaveProperty("ETag");
  // The consumer has reported the change, so its checkpoint stands.
  await expect.poll(() => waiting(first.said), { timeout: 10_000 }).toBe(2);
  expect(left().length).toBeGreaterThan(2);

  const refused = await start();
  expect(refused.said.error).toBe(
    `Error: Another local cloud is using the data folder ${data}: stop it, or choose another folder with --data`,
  );

  first.process.kill("SIGKILL");
  await expect.poll(left, { timeout: 5000 }).toEqual([]);

  dropAction("dynamodb:GetItem");
  const second = await start();
  expect((await call(second.process, "GetItem", { TableName: table, Key })).error).toBe(
    "AccessDeniedException",
  );
  const query = {
    TableName: table,
    IndexName: "by_place",
    KeyConditionExpression: "brokerage = :b AND city = :c",
    ExpressionAttributeValues: { ":b": { S: "b" }, ":c": { S: "c" } },
  };
  expect((await call(second.process, "Query", query)).Items).toEqual([Item]);
  expect((await call(second.process, "GetObject", { Bucket: bucket, Key: "open/kept" }, "s3")).text).toBe(
    "bytes",
  );
  expect(await call(second.process, "PutItem", { TableName: table, Item: { pk: { S: "new" } } })).toEqual({});
  await expect.poll(() => waiting(second.said), { timeout: 10_000 }).toBe(3);
  const bodies = await bodiesOf(second.said);
  expect(bodies.filter(({ change }) => change === "kept")).toHaveLength(1);

  second.process.kill("SIGTERM");
  await once(second.process, "exit");
  expect(left()).toEqual([]);
}, 60_000);

it("works nothing off while it is at rest, and all of it at the next start", async () => {
  const atRest = await start("at rest");
  const { table, work } = atRest.said;
  const message = new SendMessageCommand({ QueueUrl: work, MessageBody: "ok-later" });
  await client(atRest.said).send(message);
  await call(atRest.process, "PutItem", { TableName: table, Item: { pk: { S: "later" } } });
  await sleep(2000);
  expect(await waiting(atRest.said)).toBe(0);
  atRest.process.kill("SIGTERM");
  await once(atRest.process, "exit");

  const { said } = await start();
  const reports: Record<string, unknown>[] = [];
  await expect
    .poll(
      async () => {
        reports.push(...(await bodiesOf(said)));
        return reports;
      },
      { timeout: 10_000 },
    )
    .toEqual(
      expect.arrayContaining([
        expect.objectContaining({ worker: "ok-later" }),
        expect.objectContaining({ change: "later" }),
      ]),
    );
}, 60_000);
