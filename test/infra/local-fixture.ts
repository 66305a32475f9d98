import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { CorsHttpMethod, HttpApi, HttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { AttributeType, StreamViewType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Code, Function as Lambda, Runtime, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { Bucket, type CfnBucket, HttpMethods } from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { denyReadingKeys, denyWritingDeployment } from "../../infra/constructs/grants.ts";

/** Does what its event says; answers the AWS call's result, or the name of its error. */
const actor = `
const services = {
  dynamodb: [() => import("@aws-sdk/client-dynamodb"), "DynamoDBClient"],
  s3: [() => import("@aws-sdk/client-s3"), "S3Client"],
  secrets: [() => import("@aws-sdk/client-secrets-manager"), "SecretsManagerClient"],
  sqs: [() => import("@aws-sdk/client-sqs"), "SQSClient"],
};
let calls = 0;
export const handler = async (event, context) => {
  if (event.act === "crash") process.exit(7);
  if (event.act === "hang") for (;;);
  if (event.act === "sleep") await new Promise((resolve) => setTimeout(resolve, event.for));
  if (event.act === "throw") throw new TypeError("as asked");
  if (event.act === "context") return { calls: ++calls, pid: process.pid, env: Object.keys(process.env), left: context.getRemainingTimeInMillis(), id: context.awsRequestId };
  if (event.act === "print") { console.log("plain words"); console.log(JSON.stringify({ code: "structured" })); }
  if (!event.service) return { pid: process.pid };
  const [load, client] = services[event.service];
  const library = await load();
  try {
    const { $metadata, Body, ...result } = await new library[client]({ maxAttempts: 1 }).send(new library[event.command + "Command"](event.input));
    return Body ? { ...result, text: await Body.transformToString() } : result;
  } catch (error) {
    return { error: error.name, status: error.$metadata?.httpStatusCode };
  }
};`;

/** Answers an HTTP request with the event it got, or with what the query asks for. */
const echo = `
export const handler = async (event) => {
  const mode = event.queryStringParameters?.mode;
  if (mode === "bare") return { hello: "world" };
  if (mode === "throw") throw new Error("as asked");
  if (mode === "status") return { statusCode: "nonsense" };
  if (mode === "binary") return { statusCode: 201, headers: { "Content-Type": "image/png" }, cookies: ["a=1", "b=2"], isBase64Encoded: true, body: "iVBORw==" };
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(event) };
};`;

const report = `
import { SQSClient, SendMessageCommand } from "@aws-sdk/client-sqs";
const client = new SQSClient({});
const report = (what) => client.send(new SendMessageCommand({ QueueUrl: process.env.SEEN, MessageBody: JSON.stringify(what) }));`;

/** Reports each message; fails those that say "fail". */
const worker = `${report}
export const handler = async ({ Records }) => {
  const batchItemFailures = [];
  for (const record of Records) {
    await report({ worker: record.body, receives: Number(record.attributes.ApproximateReceiveCount) });
    if (record.body.startsWith("fail")) batchItemFailures.push({ itemIdentifier: record.messageId });
    if (record.body === "crash") process.exit(1);
  }
  return { batchItemFailures };
};`;

/** Reports each change's key; throws for the whole batch when one is poison. */
const consumer = `${report}
export const handler = async ({ Records }) => {
  if (Records.some(({ dynamodb }) => dynamodb.NewImage?.poison)) throw new Error("poison");
  for (const { dynamodb, eventName } of Records) await report({ change: dynamodb.Keys.pk.S, eventName });
};`;

const tick = `${report}
export const handler = async (event) => report({ tick: event["detail-type"] });`;

/** Synthesises a small app that uses everything the local cloud runs; answers the assembly's folder. */
export function synthesiseFixture(): string {
  const folder = mkdtempSync(join(tmpdir(), "gable-fixture-"));
  const app = new App({ outdir: join(folder, "assembly"), analyticsReporting: false });
  const data = new Stack(app, "Data");
  const compute = new Stack(app, "Compute");
  const code = (name: string, source: string) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "index.mjs"), source);
    return Code.fromAsset(join(folder, name));
  };

  const table = new TableV2(data, "Table", {
    partitionKey: { name: "pk", type: AttributeType.STRING },
    globalSecondaryIndexes: [
      {
        indexName: "by_place",
        partitionKeys: [
          { name: "brokerage", type: AttributeType.STRING },
          { name: "city", type: AttributeType.STRING },
        ],
        sortKeys: [{ name: "price", type: AttributeType.NUMBER }],
      },
    ],
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    timeToLiveAttribute: "ttl",
  });
  const deadLetters = new Queue(data, "DeadLetters");
  const work = new Queue(data, "Work", {
    visibilityTimeout: Duration.seconds(2),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 },
    enforceSSL: true,
  });
  const seen = new Queue(data, "Seen");
  const bucket = new Bucket(data, "Bucket", {
    versioned: true,
    lifecycleRules: [
      { prefix: "brief/", expiration: Duration.days(1) },
      { noncurrentVersionExpiration: Duration.days(30), expiredObjectDeleteMarker: true },
    ],
    cors: [
      {
        allowedMethods: [HttpMethods.PUT],
        allowedOrigins: ["https://app.example"],
        allowedHeaders: ["content-type"],
      },
    ],
  });
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
    queueConfigurations: [
      {
        event: "s3:ObjectCreated:*",
        queue: work.queueArn,
        filter: { s3Key: { rules: [{ name: "prefix", value: "in/" }] } },
      },
    ],
  };
  work.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("s3.amazonaws.com")],
      actions: ["sqs:SendMessage"],
      resources: [work.queueArn],
      conditions: { StringEquals: { "aws:SourceAccount": data.account } },
    }),
  );
  const secret = new Secret(data, "Secret");

  const make = (id: string, source: string, environment: Record<string, string> = {}) =>
    new Lambda(compute, id, {
      functionName: `Fixture-${id}`,
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: code(id, source),
      timeout: Duration.seconds(2),
      memorySize: 256,
      environment,
    });
  const acting = make("Actor", actor);
  for (const [action, resource] of [
    ["dynamodb:GetItem", table.tableArn],
    ["dynamodb:PutItem", table.tableArn],
    ["dynamodb:Query", `${table.tableArn}/index/*`],
    ["s3:GetObject", `${bucket.bucketArn}/open/*`],
    ["s3:PutObject", `${bucket.bucketArn}/open/*`],
    ["s3:PutObject", `${bucket.bucketArn}/in/*`],
    ["sqs:SendMessage", work.queueArn],
    ["secretsmanager:GetSecretValue", secret.secretArn],
  ] as const)
    acting.addToRolePolicy(new PolicyStatement({ actions: [action], resources: [resource] }));

  // Two that may do everything with the table's items, but one of them with Gable's denials.
  for (const each of [make("Denied", actor), make("Undenied", actor)]) {
    const actions = ["Get", "Put", "Update", "Delete", "BatchGet", "BatchWrite", "ConditionCheck"].map(
      (name) => `dynamodb:${name}Item`,
    );
    each.addToRolePolicy(
      new PolicyStatement({ actions: [...actions, "dynamodb:Query"], resources: [table.tableArn] }),
    );
    if (each.node.id === "Denied")
      for (const denial of [denyWritingDeployment(table), denyReadingKeys(table)])
        each.addToRolePolicy(denial);
  }

  const api = new HttpApi(compute, "Api", {
    corsPreflight: {
      allowOrigins: ["https://app.example"],
      allowMethods: [CorsHttpMethod.ANY],
      allowHeaders: ["authorization"],
    },
  });
  const integration = new HttpLambdaIntegration("Echo", make("Echo", echo));
  for (const path of ["/v1/things/{thing_id}", "/v1/things/special", "/v1/{rest+}"])
    api.addRoutes({ path, methods: [HttpMethod.GET, HttpMethod.POST], integration });
  api.addRoutes({ path: "/v1/any", methods: [HttpMethod.ANY], integration });

  const working = make("Worker", worker, { SEEN: seen.queueUrl });
  work.grantConsumeMessages(working);
  working.addEventSourceMapping("Source", {
    eventSourceArn: work.queueArn,
    reportBatchItemFailures: true,
    batchSize: 10,
  });
  const consuming = make("Consumer", consumer, { SEEN: seen.queueUrl });
  table.grantStreamRead(consuming);
  consuming.addEventSourceMapping("Source", {
    eventSourceArn: table.tableStreamArn!,
    startingPosition: StartingPosition.TRIM_HORIZON,
    bisectBatchOnError: true,
    retryAttempts: 1,
    reportBatchItemFailures: true,
    onFailure: { bind: () => ({ destination: bucket.bucketArn }) },
  });
  for (const [action, resource] of [
    ["s3:ListBucket", bucket.bucketArn],
    ["s3:PutObject", `${bucket.bucketArn}/aws/lambda/*`],
  ] as const)
    consuming.addToRolePolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
  const ticking = make("Tick", tick, { SEEN: seen.queueUrl });
  for (const each of [working, consuming, ticking])
    each.addToRolePolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [seen.queueArn] }));
  new Rule(compute, "Hourly", {
    schedule: Schedule.rate(Duration.hours(1)),
    targets: [new LambdaFunction(ticking)],
  });
  new CfnOutput(compute, "Url", { value: api.apiEndpoint });
  return app.synth().directory;
}
