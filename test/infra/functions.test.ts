import { describe, expect, test } from "vitest";
import { definitions } from "../../functions/index.ts";
import { stages } from "../../infra/stages.ts";
import { type Grants, queues, type Target, variable, visibilityOf } from "../../shared/data/grant.ts";
import { indexes } from "../../shared/data/schema.ts";
import type { Definition } from "../../shared/entry/definition.ts";
import { type Resource, templatesOf } from "./templates.ts";

const prod = templatesOf();
const [tableId] = prod.all("AWS::DynamoDB::GlobalTable")[0]!;
const [bucketId] = prod.all("AWS::S3::Bucket")[0]!;

const lambdas = new Map(
  prod.all("AWS::Lambda::Function").map((entry) => [entry[1].Properties.FunctionName, entry]),
);
const idOf = ({ id }: Definition): string => lambdas.get(`Gable-prod-${id}`)![0];
const functionOf = ({ id }: Definition): Resource => lambdas.get(`Gable-prod-${id}`)![1];

describe("functions", () => {
  test.each(definitions.map((definition) => [definition.id, definition] as const))("%s", (_, definition) => {
    const { Properties: lambda } = functionOf(definition);
    expect(lambda).toMatchObject({
      // The browser that prints exists for x86-64 only.
      Architectures: [definition.bundle?.native?.includes("@sparticuz/chromium") ? "x86_64" : "arm64"],
      Runtime: "nodejs24.x",
      Handler: "index.handler",
    });
    expect(lambda.MemorySize).toBe(definition.memory ?? 512);
    expect(lambda.EphemeralStorage?.Size).toBe(definition.disk);
    const own = definition.kind === "queue" ? [variable({ kind: "queue", name: definition.queue })] : [];
    const opened = Object.values(definition.access as Grants).map(({ target }) => variable(target));
    expect(Object.keys(lambda.Environment?.Variables ?? {}).sort()).toEqual(
      [...new Set([...opened, ...own])].sort(),
    );

    expect(permissionsOf(lambda.Role)).toEqual(expectedPermissions(definition));

    const log = Object.fromEntries(prod.all("AWS::Logs::LogGroup"))[
      prod.text(lambda.LoggingConfig.LogGroup)
    ]!;
    expect(log.Properties.RetentionInDays).toBe(stages.prod.logRetention);
  });

  test("no role serves two", () => {
    const roles = prod.all("AWS::Lambda::Function").map(([, { Properties }]) => prod.text(Properties.Role));
    expect(new Set(roles).size).toBe(roles.length);
  });

  test("a Scan is granted to nothing", () => {
    expect(JSON.stringify(prod.byStack)).not.toMatch(/dynamodb:(Scan|PartiQL|\*)/);
  });

  test("a denial is of the deployment's items, or of a brokerage's keys", () => {
    const denials = prod
      .all("AWS::IAM::Role")
      .flatMap(([, { Properties }]) => Properties.Policies[0].PolicyDocument.Statement)
      .filter(({ Effect }: { Effect: string }) => Effect === "Deny")
      .map(({ Condition }: { Condition: object }) => JSON.stringify(Condition));
    expect([...new Set(denials)].sort()).toEqual([
      '{"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":["deployment"]}}',
      '{"ForAnyValue:StringLike":{"dynamodb:LeadingKeys":["*#brokerage#*"]}}',
    ]);
  });

  test("what is allowed under a condition: noting at an API key that it was used, and nothing else of it", () => {
    const conditions = prod
      .all("AWS::IAM::Role")
      .flatMap(([, { Properties }]) => Properties.Policies[0].PolicyDocument.Statement)
      .filter(
        ({ Effect, Condition }: { Effect: string; Condition?: object }) => Effect === "Allow" && Condition,
      )
      .map(({ Action, Condition }: { Action: string; Condition: object }) =>
        JSON.stringify([Action, Condition]),
      );
    expect([...new Set(conditions)].map((one) => JSON.parse(one))).toEqual([
      [
        "dynamodb:UpdateItem",
        {
          "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["*#api_key#*"] },
          "ForAllValues:StringEquals": {
            "dynamodb:Attributes": ["pk", "sk", "last_used_at", "used_minute", "used_requests"],
          },
        },
      ],
    ]);
  });

  test("queues and the stream feed their workers, failures one by one", () => {
    const sources = prod.all("AWS::Lambda::EventSourceMapping").map(([, { Properties }]) => Properties);
    const fed = definitions.filter(({ kind }) => kind === "queue" || kind === "stream");
    expect(sources).toHaveLength(fed.length);
    for (const definition of fed) {
      const source = sources.find(({ FunctionName }) => prod.text(FunctionName) === idOf(definition));
      expect(source.FunctionResponseTypes, definition.id).toEqual(["ReportBatchItemFailures"]);
      if (definition.kind === "queue") {
        expect(prod.text(source.EventSourceArn)).toBe(`${prod.queueId(definition.queue)}.Arn`);
        expect(source.BatchSize).toBe(queues[definition.queue].batch);
        expect(functionOf(definition).Properties.Timeout * 6).toBe(visibilityOf(definition.queue));
      } else if (definition.kind === "stream") {
        expect(prod.text(source.EventSourceArn)).toBe(`${tableId}.StreamArn`);
        expect(source).toMatchObject({ BisectBatchOnFunctionError: true, StartingPosition: "TRIM_HORIZON" });
        expect(source.BatchSize).toBe(definition.batch ?? 100);
        const [{ Pattern }] = source.FilterCriteria.Filters;
        const keys = definition.only.map((key) => (key.endsWith("#") ? { prefix: key } : key));
        expect(JSON.parse(Pattern)).toEqual({ dynamodb: { Keys: { sk: { S: keys } } } });
        expect(source.MaximumRetryAttempts, "a change that never works holds up its shard").toBe(100);
        expect(source.MaximumRecordAgeInSeconds, "within the stream's 24 hours").toBeLessThan(86_400);
        expect(source.ParallelizationFactor ?? 1, "each shard in order").toBe(1);
        expect(prod.text(source.DestinationConfig.OnFailure.Destination)).toBe(`${bucketId}.Arn`);
      }
    }
    const queued = definitions.flatMap((one) => (one.kind === "queue" ? [one.queue] : []));
    expect(queued.sort(), "each queue has one worker").toEqual(Object.keys(queues).sort());
  });

  test("the stream has two consumers and no third: DynamoDB throttles more", () => {
    expect(definitions.filter(({ kind }) => kind === "stream").map(({ id }) => id)).toEqual([
      "applyEffects",
      "writeLog",
    ]);
  });

  test("schedules run at their rate", () => {
    const rules = prod.all("AWS::Events::Rule").map(([, { Properties }]) => Properties);
    const rates = rules.map((rule) => [
      prod.text(rule.Targets[0].Arn).replace(/Function.*/, ""),
      rule.ScheduleExpression,
    ]);
    const expected = definitions.flatMap((one) =>
      one.kind === "schedule" ? [[one.id, one.everyMinutes]] : [],
    );
    expect(rates.map(([id, rate]) => [id, minutes(rate!)]).sort()).toEqual(expected.sort());
  });
});

/** `action resource` of every statement of a role. */
function permissionsOf(role: unknown): string[] {
  const id = prod.text(role).replace(/\.Arn$/, "");
  const { Properties } = Object.fromEntries(prod.all("AWS::IAM::Role"))[id]!;
  expect(Properties.ManagedPolicyArns).toBeUndefined();
  expect(prod.all("AWS::IAM::Policy")).toEqual([]);
  const statements = Properties.Policies.flatMap(
    (policy: {
      PolicyDocument: { Statement: { Effect: string; Action: string[] | string; Resource: unknown }[] };
    }) => policy.PolicyDocument.Statement,
  );
  const all = statements.flatMap(
    ({ Effect, Action, Resource }: { Effect: string; Action: string | string[]; Resource: unknown }) =>
      [Action]
        .flat()
        .flatMap((action) => [Resource].flat().map((one) => `${Effect} ${action} ${prod.text(one)}`)),
  );
  return [...new Set<string>(all)].sort();
}

/** What the definition's grants and its trigger come to, written down a second time and without a construct. */
function expectedPermissions(definition: Definition): string[] {
  const granted = Object.values(definition.access as Grants).flatMap(({ target, actions }) =>
    actions.flatMap((action) => placesOf(target, action).map((place) => `Allow ${action} ${place}`)),
  );
  const touchesTable = Object.values(definition.access as Grants).some(
    ({ target }) => target.kind === "table",
  );
  const denied = touchesTable
    ? ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"].concat(
        readsKeys(definition) ? [] : ["GetItem", "BatchGetItem", "Query"],
      )
    : [];
  const noted =
    definition.kind === "http" && !["public", "session"].includes(definition.permission)
      ? [`Allow dynamodb:UpdateItem ${tableId}.Arn`]
      : [];
  const denials = denied.map((action) => `Deny dynamodb:${action} ${tableId}.Arn`);
  const log = prod.text(functionOf(definition).Properties.LoggingConfig.LogGroup);
  const own = ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => `Allow ${action} ${log}.Arn`);
  return [...new Set([...granted, ...noted, ...denials, ...own, ...triggerPermissions(definition)])].sort();
}

/**
 * Who reads a brokerage's policy or its record: who has a session, what makes or verifies links with its key, what
 * counts minutes in its time zone, what migrates it.
 */
const keyReaders = [
  ...["getSharedReport", "getDashboard", "confirmPasswordReset", "verifyEmail", "sendMail", "migrate"],
  ...["listPublicProperties", "getPublicProperty", "getPhoto"],
  ...["takeEnquiry", "moveUnansweredLeads", "runAiRequest"],
  ...["foldEvents", "closeDays", "takeStock", "foldMarket"],
];
const readsKeys = (definition: Definition) =>
  (definition.kind === "http" && definition.permission !== "public") || keyReaders.includes(definition.id);

function placesOf(target: Target, action: string): string[] {
  const ofIndexes = Object.keys(indexes).map((name) => `${tableId}.Arn/index/${name}`);
  switch (target.kind) {
    case "table":
      return action === "dynamodb:Query" ? [`${tableId}.Arn`, ...ofIndexes] : [`${tableId}.Arn`];
    case "bucket":
      return [`${bucketId}.Arn/${target.prefix}/*`];
    case "queue":
      return [`${prod.queueId(target.name)}.Arn`];
    case "secret":
      return [secretId(target.name)];
    case "mail":
      return ["arn:AWS::Partition:ses:AWS::Region:AWS::AccountId:identity/gable.example"];
    case "app":
    case "api":
      return [];
  }
}

function triggerPermissions(definition: Definition): string[] {
  if (definition.kind === "queue")
    return ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"].map(
      (action) => `Allow sqs:${action} ${prod.queueId(definition.queue)}.Arn`,
    );
  if (definition.kind !== "stream") return [];
  const reads = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
  return [
    ...reads.map((action) => `Allow dynamodb:${action} ${tableId}.StreamArn`),
    `Allow s3:ListBucket ${bucketId}.Arn`,
    `Allow s3:PutObject ${bucketId}.Arn/aws/lambda/*`,
  ];
}

function secretId(name: string): string {
  return prod.all("AWS::SecretsManager::Secret").find(([id]) => id.toLowerCase().startsWith(name))![0];
}

const minutes = (rate: string): number => {
  const [, value, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(rate)!;
  return Number(value) * { minute: 1, hour: 60, day: 1440 }[unit as "minute" | "hour" | "day"];
};
