import { type Acknowledgment, Stack } from "aws-cdk-lib";
import type { ITableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { apiKeyItemKey, useAttributes } from "../../shared/data/api-keys.ts";
import { jwksKey, policyKey } from "../../shared/data/brokerages.ts";
import {
  type Grants,
  type QueueName,
  type SecretName,
  type Target,
  variable,
} from "../../shared/data/grant.ts";
import { indexes, tableKey } from "../../shared/data/schema.ts";
import type { Definition } from "../../shared/entry/definition.ts";
import { takesApiKey } from "../../shared/entry/request.ts";

/** What grants can be about. */
export interface Resources {
  readonly table: ITableV2;
  readonly bucket: IBucket;
  readonly queues: Readonly<Record<QueueName, { readonly queue: IQueue; readonly deadLetters: IQueue }>>;
  readonly secrets: Readonly<Record<SecretName, ISecret>>;
  readonly mail: { readonly sender: string; readonly identityArn: string };
  readonly appOrigin: string;
  readonly apiOrigin: string;
}

/**
 * This file is the one place that writes IAM. The statements of an entry point: exact actions on exact resources, and
 * of the table never the deployment's items, nor a brokerage's keys without need.
 */
export function statementsOf(definition: Definition, resources: Resources): PolicyStatement[] {
  const noting = definition.kind === "http" && takesApiKey(definition) ? [noteKeyUse(resources.table)] : [];
  const granted = Object.values(definition.access as Grants).flatMap(({ target, actions }) => {
    if (target.kind === "app" || target.kind === "api") return [];
    const statements = [allow(actions, [arnOf(target, resources)])];
    if (target.kind !== "table") return statements;
    // Of the table's actions only Query reaches an index.
    if (actions.includes("dynamodb:Query"))
      statements.push(allow(["dynamodb:Query"], indexArns(resources.table)));
    statements.push(denyWritingDeployment(resources.table));
    if (!needsBrokerageKeys(definition)) statements.push(denyReadingKeys(resources.table));
    return statements;
  });
  return [...granted, ...noting];
}

/** Noting at an API key that it was used: these attributes of keys and nothing else, by what only reads, too. */
export const noteKeyUse = (table: ITableV2): PolicyStatement =>
  new PolicyStatement({
    actions: ["dynamodb:UpdateItem"],
    resources: [table.tableArn],
    conditions: {
      "ForAllValues:StringLike": {
        "dynamodb:LeadingKeys": [apiKeyItemKey({ brokerage_id: "*", api_key_id: "*" }).pk],
      },
      "ForAllValues:StringEquals": { "dynamodb:Attributes": [...Object.values(tableKey), ...useAttributes] },
    },
  });

/** The deployment's items are the keys by which every function knows a session token: only the bootstrap writes them. */
export const denyWritingDeployment = (table: ITableV2): PolicyStatement =>
  deny(
    ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"],
    table,
    "ForAnyValue:StringEquals",
    jwksKey.pk,
  );

/**
 * A brokerage's policy, with the key of its cursors and links, stands beside its record. IAM sees partitions only, so
 * who is denied the one is denied the other.
 */
export const denyReadingKeys = (table: ITableV2): PolicyStatement =>
  deny(["GetItem", "BatchGetItem", "Query"], table, "ForAnyValue:StringLike", policyKey("*").pk);

/** What needs a brokerage's key without a signed-in caller: it makes tokens with it, verifies them, or migrates it. */
const usesKey: readonly string[] = [
  ...["getSharedReport", "getDashboard", "confirmPasswordReset", "verifyEmail", "sendMail"],
  ...["listPublicProperties", "getPublicProperty", "getPhoto"],
  // Their office hours are in the brokerage's time zone.
  ...["takeEnquiry", "moveUnansweredLeads"],
  // Its budget and its time zone are the brokerage's.
  "runAiRequest",
  // Days are those of the brokerage's time zone.
  ...["foldEvents", "closeDays", "takeStock", "foldMarket"],
  "migrate",
];

/** Whether it reads a brokerage's policy or record: every operation that signs its caller in does. */
const needsBrokerageKeys = (definition: Definition): boolean =>
  (definition.kind === "http" && definition.permission !== "public") || usesKey.includes(definition.id);

/** The environment variables of an entry point: one per grant, and for a worker its queue. */
export function environmentOf(definition: Definition, resources: Resources): Record<string, string> {
  const targets = Object.values(definition.access as Grants).map(({ target }) => target);
  if (definition.kind === "queue") targets.push({ kind: "queue", name: definition.queue });
  return Object.fromEntries(targets.map((target) => [variable(target), nameOf(target, resources)]));
}

/** Why a role's objects carry the one wildcard there is, `<prefix>/*`, as cdk-nag wants to be told. */
export function wildcardReasons({ kind, access }: Definition, { bucket }: Resources): Acknowledgment[] {
  const stack = Stack.of(bucket);
  const because = (prefix: string, reason: string): Acknowledgment => {
    const exported: { "Fn::ImportValue": string } = stack.resolve(stack.exportValue(bucket.bucketArn));
    return { id: `AwsSolutions-IAM5[Resource::${exported["Fn::ImportValue"]}/${prefix}/*]`, reason };
  };
  const own = Object.values(access as Grants).flatMap(({ target }) =>
    target.kind === "bucket"
      ? because(
          target.prefix,
          "A bucket's objects can only be named by prefix; keys below it start with the brokerage.",
        )
      : [],
  );
  if (kind !== "stream") return own;
  return [...own, because(setAsidePrefix, "Lambda names each object by mapping, shard and moment.")];
}

/** Writing one's own log lines. */
export const logLines = (group: ILogGroup): PolicyStatement =>
  allow(["logs:CreateLogStream", "logs:PutLogEvents"], [group.logGroupArn]);

/** Lets Lambda poll a worker's queue with its role, and the worker shorten the visibility of a failed message. */
export const consume = (queue: IQueue): PolicyStatement =>
  allow(
    ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
    [queue.queueArn],
  );

/** Where Lambda puts what a stream's consumer has failed: `aws/lambda/<mapping>/<shard>/<day>/<moment>-<UUID>`. */
export const setAsidePrefix = "aws/lambda";

/** Lets Lambda read the table's stream with a consumer's role and write failed changes to the bucket. */
export const follow = (streamArn: string, setAside: IBucket): PolicyStatement[] => [
  allow(
    ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
    [streamArn],
  ),
  allow(["s3:PutObject"], [setAside.arnForObjects(`${setAsidePrefix}/*`)]),
  // Lambda looks whether the bucket is there. Keys say ids and moments.
  allow(["s3:ListBucket"], [setAside.bucketArn]),
];

const allow = (actions: readonly string[], resources: string[]) =>
  new PolicyStatement({ actions: [...actions], resources });

const deny = (actions: readonly string[], table: ITableV2, operator: string, partition: string) =>
  new PolicyStatement({
    effect: Effect.DENY,
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [table.tableArn],
    conditions: { [operator]: { "dynamodb:LeadingKeys": [partition] } },
  });

const indexArns = (table: ITableV2) => Object.keys(indexes).map((name) => `${table.tableArn}/index/${name}`);

function arnOf(
  target: Exclude<Target, { kind: "app" | "api" }>,
  { table, bucket, queues, secrets, mail }: Resources,
): string {
  switch (target.kind) {
    case "table":
      return table.tableArn;
    case "bucket":
      return bucket.arnForObjects(`${target.prefix}/*`);
    case "queue":
      return queues[target.name].queue.queueArn;
    case "secret":
      return secrets[target.name].secretArn;
    case "mail":
      return mail.identityArn;
  }
}

function nameOf(
  target: Target,
  { table, bucket, queues, secrets, mail, appOrigin, apiOrigin }: Resources,
): string {
  switch (target.kind) {
    case "table":
      return table.tableName;
    case "bucket":
      return bucket.bucketName;
    case "queue":
      return queues[target.name].queue.queueUrl;
    case "secret":
      return secrets[target.name].secretArn;
    case "mail":
      return mail.sender;
    case "app":
      return appOrigin;
    case "api":
      return apiOrigin;
  }
}
