import { type Acknowledgment, Stack } from "aws-cdk-lib";
import type { ITableV2 } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ISecret } from "aws-cdk-lib/aws-secretsmanager";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import {
  type Access,
  type QueueName,
  type SecretName,
  type Target,
  variable,
} from "../../shared/data/grant.ts";
import { indexes } from "../../shared/data/schema.ts";
import type { Definition } from "../../shared/entry/definition.ts";

/** What grants can be about. */
export interface Resources {
  readonly table: ITableV2;
  readonly bucket: IBucket;
  readonly queues: Readonly<Record<QueueName, { readonly queue: IQueue; readonly deadLetters: IQueue }>>;
  readonly secrets: Readonly<Record<SecretName, ISecret>>;
}

/** This file is the one place that writes IAM. The statements of an access: exact actions on exact resources. */
export function statementsOf(access: Access, resources: Resources): PolicyStatement[] {
  return Object.values(access).flatMap(({ target, actions }) => {
    const statements = [allow(actions, [arnOf(target, resources)])];
    // Of the table's actions only Query reaches an index.
    if (target.kind === "table" && actions.includes("dynamodb:Query"))
      statements.push(allow(["dynamodb:Query"], indexArns(resources.table)));
    return statements;
  });
}

/** The environment that an entry point reads: what its access opens, and the queue that it works off. */
export function environmentOf(definition: Definition, resources: Resources): Record<string, string> {
  const targets = Object.values(definition.access as Access).map(({ target }) => target);
  if (definition.kind === "queue") targets.push({ kind: "queue", name: definition.queue });
  return Object.fromEntries(targets.map((target) => [variable(target), nameOf(target, resources)]));
}

/** Why the access's objects carry the one wildcard there is, `<prefix>/*`, as cdk-nag wants to be told. */
export function wildcardReasons(access: Access, { bucket }: Resources): Acknowledgment[] {
  const stack = Stack.of(bucket);
  return Object.values(access).flatMap(({ target }) => {
    if (target.kind !== "bucket") return [];
    const exported: { "Fn::ImportValue": string } = stack.resolve(stack.exportValue(bucket.bucketArn));
    return {
      id: `AwsSolutions-IAM5[Resource::${exported["Fn::ImportValue"]}/${target.prefix}/*]`,
      reason: "A bucket's objects can only be named by prefix; keys below it start with the brokerage.",
    };
  });
}

/** Writing one's own log. */
export const writeLog = (group: ILogGroup): PolicyStatement =>
  allow(["logs:CreateLogStream", "logs:PutLogEvents"], [group.logGroupArn]);

/** What Lambda does in a worker's name to feed it from its queue, and the worker to have a failure back soon. */
export const consume = (queue: IQueue): PolicyStatement =>
  allow(
    ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"],
    [queue.queueArn],
  );

/** What Lambda does in a consumer's name to feed it from the table's stream and set aside what fails. */
export const follow = (streamArn: string, setAside: IQueue): PolicyStatement[] => [
  allow(
    ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
    [streamArn],
  ),
  allow(["sqs:SendMessage"], [setAside.queueArn]),
];

const allow = (actions: readonly string[], resources: string[]) =>
  new PolicyStatement({ actions: [...actions], resources });

const indexArns = (table: ITableV2) => Object.keys(indexes).map((name) => `${table.tableArn}/index/${name}`);

function arnOf(target: Target, { table, bucket, queues, secrets }: Resources): string {
  switch (target.kind) {
    case "table":
      return table.tableArn;
    case "bucket":
      return bucket.arnForObjects(`${target.prefix}/*`);
    case "queue":
      return queues[target.name].queue.queueArn;
    case "secret":
      return secrets[target.name].secretArn;
  }
}

function nameOf(target: Target, { table, bucket, queues, secrets }: Resources): string {
  switch (target.kind) {
    case "table":
      return table.tableName;
    case "bucket":
      return bucket.bucketName;
    case "queue":
      return queues[target.name].queue.queueUrl;
    case "secret":
      return secrets[target.name].secretArn;
  }
}
