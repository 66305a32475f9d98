import { ArnFormat, CfnOutput, Duration, Stack, type StackProps, Validations } from "aws-cdk-lib";
import {
  AttributeType,
  Billing,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  HttpMethods,
  ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { type QueueName, queues, type SecretName, secretNames } from "../../shared/data/grant.ts";
import { type Index, indexes, tableKey, ttlAttribute } from "../../shared/data/schema.ts";
import { type Resources, setAsidePrefix } from "../constructs/grants.ts";
import { QueueWithDlq } from "../constructs/queue-with-dlq.ts";
import type { Stage } from "../stages.ts";

/** What outlives a deployment: the table, the bucket, the queues and the secrets; and SES's identity, made by hand. */
export class DataStack extends Stack implements Omit<Resources, "appOrigin" | "apiOrigin"> {
  readonly table: TableV2;
  readonly bucket: Bucket;
  readonly queues: Readonly<Record<QueueName, QueueWithDlq>>;
  readonly secrets: Readonly<Record<SecretName, Secret>>;
  readonly mail: Resources["mail"];

  constructor(scope: Construct, id: string, props: StackProps & { readonly stage: Stage }) {
    super(scope, id, props);
    const { stage } = props;
    this.table = table(this, stage);
    this.queues = each(
      Object.keys(queues) as QueueName[],
      (name) => new QueueWithDlq(this, pascal(name), name),
    );
    this.bucket = bucket(this, stage);
    announceUploads(this.bucket, this.queues);
    this.secrets = each(
      secretNames,
      (name) => new Secret(this, `${pascal(name)}Secret`, { removalPolicy: stage.removal }),
    );
    this.mail = { sender: stage.mailSender, identityArn: identityArn(this, stage) };
    Validations.of(this.bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "Objects are reached by signed URLs that functions log as they make them; nobody else has access.",
    });
    for (const secret of Object.values(this.secrets))
      Validations.of(secret).acknowledge({
        id: "AwsSolutions-SMG4",
        reason:
          "The bootstrap makes the keys and the runbook says how to replace one; a rotation Lambda would need its rights.",
      });
    new CfnOutput(this, "TableName", { value: this.table.tableName });
    new CfnOutput(this, "BucketName", { value: this.bucket.bucketName });
    new CfnOutput(this, "MigrationsQueueUrl", { value: this.queues.migrations.queue.queueUrl });
    for (const [name, secret] of Object.entries(this.secrets))
      new CfnOutput(this, `${pascal(name)}SecretArn`, { value: secret.secretArn });
  }
}

/** SES asks for permission on the identity of the sender's domain. */
const identityArn = (stack: Stack, { mailSender }: Stage) =>
  stack.formatArn({
    service: "ses",
    resource: "identity",
    resourceName: mailSender.split("@")[1]!,
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });

function table(scope: Construct, stage: Stage): TableV2 {
  return new TableV2(scope, "Table", {
    partitionKey: { name: tableKey.partition, type: AttributeType.STRING },
    sortKey: { name: tableKey.sort, type: AttributeType.STRING },
    globalSecondaryIndexes: Object.entries(indexes).map(([name, index]) => secondaryIndex(name, index)),
    timeToLiveAttribute: ttlAttribute,
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.awsManagedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    deletionProtection: stage.deletionProtection,
    removalPolicy: stage.removal,
  });
}

function secondaryIndex(indexName: string, { partition, sort, include }: Index): GlobalSecondaryIndexPropsV2 {
  const keys = (attributes: Index["sort"]) =>
    Object.entries(attributes).map(([name, type]) => ({ name, type: type as AttributeType }));
  return {
    indexName,
    partitionKeys: keys(partition),
    sortKeys: keys(sort),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: [...include],
  };
}

function bucket(scope: Construct, stage: Stage): Bucket {
  return new Bucket(scope, "Bucket", {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: true,
    removalPolicy: stage.removal,
    cors: stage.corsOrigins.length
      ? [
          {
            allowedMethods: [HttpMethods.PUT, HttpMethods.GET],
            allowedOrigins: [...stage.corsOrigins],
            allowedHeaders: ["content-type", "if-none-match", "x-amz-*"],
            maxAge: 3600,
          },
        ]
      : [],
    lifecycleRules: [
      // Uploads may contain the location of a picture. Workers delete them with all versions; this rule deletes what
      // they could not.
      ...["uploads/media/", "uploads/pictures/"].map((prefix) => ({
        prefix,
        expiration: Duration.days(1),
        noncurrentVersionExpiration: Duration.days(1),
      })),
      { prefix: "media/", noncurrentVersionExpiration: Duration.days(1) },
      { prefix: "pictures/", noncurrentVersionExpiration: Duration.days(1) },
      { prefix: "uploads/imports/", expiration: Duration.days(90) },
      // A schedule deletes them to the minute.
      { prefix: "exports/", expiration: Duration.days(1), noncurrentVersionExpiration: Duration.days(1) },
      {
        prefix: `${setAsidePrefix}/`,
        expiration: Duration.days(30),
        noncurrentVersionExpiration: Duration.days(1),
      },
      {
        abortIncompleteMultipartUploadAfter: Duration.days(1),
        noncurrentVersionExpiration: Duration.days(30),
        expiredObjectDeleteMarker: true,
      },
    ],
  });
}

/**
 * Notifies each queue of uploads under its prefix. Set on the bucket directly: the CDK construct would add a Lambda
 * with permissions on every bucket.
 */
function announceUploads(bucket: Bucket, workQueues: Readonly<Record<QueueName, QueueWithDlq>>): void {
  const announced = Object.entries(queues).flatMap(([name, settings]) =>
    "uploads" in settings ? [{ prefix: settings.uploads, ...workQueues[name as QueueName] }] : [],
  );
  const cfnBucket = bucket.node.defaultChild as CfnBucket;
  cfnBucket.notificationConfiguration = {
    queueConfigurations: announced.map(({ prefix, queue }) => ({
      event: "s3:ObjectCreated:*",
      filter: { s3Key: { rules: [{ name: "prefix", value: `${prefix}/` }] } },
      queue: queue.queueArn,
    })),
  };
  for (const { queue } of announced) {
    // By account and not by bucket: the policy must stand before the bucket does.
    const { policyDependable } = queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("s3.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [queue.queueArn],
        conditions: { StringEquals: { "aws:SourceAccount": Stack.of(bucket).account } },
      }),
    );
    if (policyDependable) bucket.node.addDependency(policyDependable);
  }
}

function each<Name extends string, T>(names: readonly Name[], make: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, T>;
}

const pascal = (name: string) => name[0]?.toUpperCase() + name.slice(1);
