import { describe, expect, test } from "vitest";
import { definitions } from "../../functions/index.ts";
import { stages } from "../../infra/stages.ts";
import { type QueueName, queues, visibilityOf } from "../../shared/data/grant.ts";
import { indexes, tableKey, ttlAttribute } from "../../shared/data/schema.ts";
import { equipped, type Resource, templatesOf } from "./templates.ts";

const prod = templatesOf();

describe("data", () => {
  const { Properties: table, DeletionPolicy } = prod.only("AWS::DynamoDB::GlobalTable");

  test("the table is on demand, encrypted, protected, recoverable, streamed, and forgets by time to live", () => {
    expect(table.BillingMode).toBe("PAY_PER_REQUEST");
    expect(table.SSESpecification).toEqual({ SSEEnabled: true, SSEType: "KMS" });
    expect(table.StreamSpecification).toEqual({ StreamViewType: "NEW_AND_OLD_IMAGES" });
    expect(table.TimeToLiveSpecification).toEqual({ AttributeName: ttlAttribute, Enabled: true });
    expect(table.Replicas).toMatchObject([
      {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    ]);
    expect(DeletionPolicy).toBe("Retain");
  });

  test("the table's key and indexes are those of the schema", () => {
    const key = (names: readonly string[], KeyType: string) =>
      names.map((AttributeName) => ({ AttributeName, KeyType }));
    expect(table.KeySchema).toEqual([...key([tableKey.partition], "HASH"), ...key([tableKey.sort], "RANGE")]);
    expect(table.GlobalSecondaryIndexes).toEqual(
      Object.entries(indexes).map(([IndexName, { partition, sort, include }]) => ({
        IndexName,
        KeySchema: [...key(Object.keys(partition), "HASH"), ...key(Object.keys(sort), "RANGE")],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: [...include] },
      })),
    );
    const types = Object.assign(
      {},
      ...Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort]),
    );
    for (const { AttributeName, AttributeType } of table.AttributeDefinitions)
      expect(AttributeType, AttributeName).toBe(types[AttributeName] ?? "S");
    expect(
      Object.values(indexes).flatMap(({ include }) => include).length,
      "DynamoDB projects 100",
    ).toBeLessThan(101);
  });

  test("the bucket is private, encrypted, versioned, answers TLS alone, and forgets uploads", () => {
    const { Properties: bucket } = prod.only("AWS::S3::Bucket");
    expect(new Set(Object.values(bucket.PublicAccessBlockConfiguration))).toEqual(new Set([true]));
    expect(bucket.OwnershipControls.Rules).toEqual([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    expect(bucket.VersioningConfiguration).toEqual({ Status: "Enabled" });
    expect(JSON.stringify(bucket.BucketEncryption)).toContain("AES256");
    expect(bucket.CorsConfiguration).toBeUndefined();
    expect(bucket.LifecycleConfiguration.Rules).toEqual([
      ...["uploads/media/", "uploads/pictures/"].map((Prefix) => ({
        Prefix,
        ExpirationInDays: 1,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        Status: "Enabled",
      })),
      { Prefix: "media/", NoncurrentVersionExpiration: { NoncurrentDays: 1 }, Status: "Enabled" },
      { Prefix: "pictures/", NoncurrentVersionExpiration: { NoncurrentDays: 1 }, Status: "Enabled" },
      { Prefix: "uploads/imports/", ExpirationInDays: 90, Status: "Enabled" },
      {
        Prefix: "exports/",
        ExpirationInDays: 1,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        Status: "Enabled",
      },
      {
        Prefix: "aws/lambda/",
        ExpirationInDays: 30,
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
        Status: "Enabled",
      },
      {
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        ExpiredObjectDeleteMarker: true,
        Status: "Enabled",
      },
    ]);
    expect(deniesPlainHttp(prod.only("AWS::S3::BucketPolicy"))).toBe(true);
  });

  test("uploads are announced to their queues by the bucket itself, with no Lambda but ours", () => {
    const { Properties: bucket } = prod.only("AWS::S3::Bucket");
    const announced = bucket.NotificationConfiguration.QueueConfigurations.map(
      (one: { Event: string; Filter: { S3Key: { Rules: { Value: string }[] } }; Queue: unknown }) => [
        one.Event,
        one.Filter.S3Key.Rules[0]?.Value,
        prod.text(one.Queue),
      ],
    );
    const expected = Object.entries(queues).flatMap(([name, settings]) =>
      "uploads" in settings
        ? [["s3:ObjectCreated:*", `${settings.uploads}/`, `${prod.queueId(name as QueueName)}.Arn`]]
        : [],
    );
    expect(announced).toEqual(expected);
    expect(prod.all("AWS::Lambda::Function")).toHaveLength(definitions.length);
    const types = Object.values(prod.byStack).flatMap(({ Resources }) =>
      Object.values(Resources).map(({ Type }) => Type),
    );
    expect(types.filter((type) => /Custom/.test(type))).toEqual([]);
  });

  test("a queue takes from S3 what this account's bucket announces, and nobody else's", () => {
    const letIn = prod
      .all("AWS::SQS::QueuePolicy")
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .filter(({ Effect }: { Effect: string }) => Effect === "Allow");
    expect(letIn).toHaveLength(Object.values(queues).filter((queue) => "uploads" in queue).length);
    for (const statement of letIn)
      expect(statement).toMatchObject({
        Action: "sqs:SendMessage",
        Principal: { Service: "s3.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      });
  });

  test("every queue has its numbers, its dead letters and its lock", () => {
    for (const name of Object.keys(queues) as QueueName[]) {
      const { Properties: queue } = Object.fromEntries(prod.all("AWS::SQS::Queue"))[prod.queueId(name)]!;
      expect(queue.VisibilityTimeout).toBe(visibilityOf(name));
      expect(queue.RedrivePolicy.maxReceiveCount).toBe(queues[name].maxReceives);
      expect(prod.text(queue.RedrivePolicy.deadLetterTargetArn)).toBe(
        `${prod.queueId(name, "DeadLetters")}.Arn`,
      );
    }
    for (const [id, { Properties }] of prod.all("AWS::SQS::Queue")) {
      expect(Properties.SqsManagedSseEnabled, id).toBe(true);
      const policies = prod.all("AWS::SQS::QueuePolicy").map(([, policy]) => policy);
      const own = policies.filter((policy) =>
        policy.Properties.Queues.some((queue: unknown) => prod.text(queue) === id),
      );
      expect(own.some(deniesPlainHttp), id).toBe(true);
    }
  });
});

describe("gateway", () => {
  test("it throttles, logs every request and lets in the configured origins alone", () => {
    const { Properties: stage } = prod.only("AWS::ApiGatewayV2::Stage");
    const { rate, burst } = stages.prod.throttle;
    expect(stage.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst });
    expect(JSON.parse(stage.AccessLogSettings.Format)).toHaveProperty("request_id");
    expect(prod.only("AWS::ApiGatewayV2::Api").Properties.CorsConfiguration).toBeUndefined();

    const open = templatesOf(equipped);
    const { corsOrigins } = equipped;
    expect(open.only("AWS::ApiGatewayV2::Api").Properties.CorsConfiguration.AllowOrigins).toEqual(
      corsOrigins,
    );
    const [rule] = open.only("AWS::S3::Bucket").Properties.CorsConfiguration.CorsRules;
    expect(rule.AllowedOrigins).toEqual(corsOrigins);
  });

  test("what anyone may call, and what hashes a password, has a throttle of its own", () => {
    const { Properties: stage } = prod.only("AWS::ApiGatewayV2::Stage");
    const { password, public: open, rate } = stages.prod.throttle;
    expect(password.rate).toBeLessThan(open.rate);
    expect(open.rate).toBeLessThan(rate);
    const limit = (of: { rate: number; burst: number }) => ({
      ThrottlingRateLimit: of.rate,
      ThrottlingBurstLimit: of.burst,
    });
    const hashing = [
      "/v1/brokerages",
      "/v1/auth/register",
      "/v1/auth/login",
      "/v1/auth/password",
      "/v1/auth/password-reset/confirm",
      "/v1/users",
    ];
    const expected = definitions.flatMap((one) => {
      if (one.kind !== "http") return [];
      const key = one.path === "$default" ? one.path : `${one.method} ${one.path}`;
      if (one.method === "POST" && hashing.includes(one.path)) return [[key, limit(password)]];
      return one.permission === "public" ? [[key, limit(open)]] : [];
    });
    expect(expected.length).toBeGreaterThan(8);
    expect(stage.RouteSettings).toEqual(Object.fromEntries(expected));
  });

  test("the stage comes after every route that it throttles", () => {
    const { stacks } = prod;
    const stage = stacks.find(({ stackName }) => stackName === "Gable-prod-ApiStage")!;
    const before = stage.dependencies.map(({ id }) => id);
    for (const { stackName, template } of stacks)
      if (JSON.stringify(template).includes("AWS::ApiGatewayV2::Route")) expect(before).toContain(stackName);
  });

  test("its routes are the operations, each with its own function behind", () => {
    const integrations = Object.fromEntries(prod.all("AWS::ApiGatewayV2::Integration"));
    const routes = prod.all("AWS::ApiGatewayV2::Route").map(([, { Properties }]) => {
      const integration = integrations[prod.text(Properties.Target).replace("integrations/", "")]!.Properties;
      expect(integration).toMatchObject({ IntegrationType: "AWS_PROXY", PayloadFormatVersion: "2.0" });
      return [Properties.RouteKey, prod.text(integration.IntegrationUri).replace(/Function.*/, "")];
    });
    const operations = definitions.flatMap((one) => {
      if (one.kind !== "http") return [];
      const own = [one.path === "$default" ? one.path : `${one.method} ${one.path}`, one.id];
      // What speaks another protocol refuses other methods itself.
      return "protocol" in one ? [own, [`ANY ${one.path}`, one.id]] : [own];
    });
    expect(routes.sort()).toEqual(operations.sort());
  });
});

describe("sizes", () => {
  test("no stack comes near CloudFormation's limits of 500 resources and a megabyte", () => {
    for (const [name, template] of Object.entries(prod.byStack)) {
      expect(Object.keys(template.Resources).length, name).toBeLessThanOrEqual(350);
      expect(JSON.stringify(template).length, name).toBeLessThan(900_000);
    }
  });
});

function deniesPlainHttp({ Properties }: Resource): boolean {
  return Properties.PolicyDocument.Statement.some(
    (statement: { Effect: string; Condition?: { Bool?: Record<string, string> } }) =>
      statement.Effect === "Deny" && statement.Condition?.Bool?.["aws:SecureTransport"] === "false",
  );
}
