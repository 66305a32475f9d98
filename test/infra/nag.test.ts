import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type App, type CfnResource, Validations } from "aws-cdk-lib";
import { CfnAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { CfnGlobalTable } from "aws-cdk-lib/aws-dynamodb";
import { CfnRole } from "aws-cdk-lib/aws-iam";
import { CfnEventSourceMapping, CfnFunction } from "aws-cdk-lib/aws-lambda";
import { CfnBucketPolicy } from "aws-cdk-lib/aws-s3";
import type { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { anchor, runbook } from "../../infra/constructs/alarm.ts";
import { checks } from "../../infra/nag.ts";
import { stages } from "../../infra/stages.ts";
import { tableFor } from "../../shared/data/table.ts";
import { queueWorker, schedule, streamConsumer } from "../../shared/entry/definition.ts";
import { appOf, equipped, Templates, templatesOf } from "./templates.ts";

/** Findings that nobody acknowledged, errors and warnings alike. */
const findings = (app: App): string[] =>
  checks(app).flatMap((pack) =>
    pack
      .validateScope(app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
      ),
  );

// As `cdk synth` sees it: in what was synthesised, references between stacks are resolved.
describe("nothing is unacknowledged", () => {
  test.each(Object.values(stages))("in $name", (stage) => {
    expect(findings(templatesOf(stage).app)).toEqual([]);
  });

  test("with browsers let in and alarms sent by email, and every acknowledgement gives a reason", () => {
    const { app } = templatesOf(equipped);
    expect(findings(app)).toEqual([]);
    const reasons = app.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.values(data as Record<string, string>));
    expect(reasons.length).toBeGreaterThan(10);
    for (const reason of reasons) expect(reason.length, reason).toBeGreaterThan(30);
  });
});

describe("a control taken away is seen", () => {
  let app: App;
  beforeEach(() => {
    app = appOf(stages.prod, { sample });
  });
  afterEach(() => rmSync(app.outdir, { recursive: true }));

  const nth = <T extends CfnResource>(type: abstract new (...args: never[]) => T, index = 0): T =>
    app.node.findAll().filter((node): node is T => node instanceof type)[index]!;

  const sabotage: readonly [rule: string, () => void][] = [
    ["Gable-PointInTimeRecovery", () => (nth(CfnGlobalTable).replicas = [{ region: "eu-west-1" }])],
    ["Gable-Visibility", () => (nth(CfnFunction).timeout = 61)],
    ["Gable-Visibility", () => (jobQueue().visibilityTimeout = 179)],
    ["Gable-DeadLetters", () => (jobQueue().redrivePolicy = undefined)],
    ["Serverless-LambdaEventSourceMappingDestination", () => (streamSource().destinationConfig = undefined)],
    ["Gable-StreamReaders", () => [1, 2].map(anotherReader)],
    ["Gable-Wildcard", () => allow("dynamodb:*", "arn:aws:dynamodb:::table/one")],
    ["Gable-Wildcard", () => allow("dynamodb:GetItem", "*")],
    ["Gable-Wildcard", () => allow("s3:GetObject", "arn:aws:s3:::bucket/*")],
    ["Gable-Scan", () => allow("dynamodb:Scan", "arn:aws:dynamodb:::table/one")],
    ["Gable-OwnRole", () => (nth(CfnFunction, 1).role = nth(CfnFunction).role)],
    ["Gable-AlarmText", () => (nth(CfnAlarm).alarmDescription = undefined)],
    ["Gable-AlarmText", () => (nth(CfnAlarm).alarmDescription = "Runbook: infra/runbook.md#a-worker-fails")],
    ["AwsSolutions-S10", () => (nth(CfnBucketPolicy).policyDocument = { Statement: [] })],
    ["AwsSolutions-SQS3", () => (jobQueue().redrivePolicy = undefined)],
    ["AwsSolutions-IAM5", () => allow("dynamodb:*", "arn:aws:dynamodb:::table/one")],
    ["Serverless-LambdaLatestVersion", () => (nth(CfnFunction).runtime = "nodejs20.x")],
  ];

  test("only when it was taken", () => {
    expect(findings(new Templates(appOf(stages.prod, { sample })).app)).toEqual([]);
  });

  test("and two may read the stream", () => {
    const before = findings(app);
    anotherReader(1);
    expect(findings(app)).toEqual(before);
  });

  test.each(sabotage)("%s (%#)", (rule, take) => {
    const before = new Set(findings(app));
    take();
    const found = findings(app).filter((finding) => !before.has(finding));
    expect(found.map((finding) => finding.split(/[ []/)[0])).toContain(rule);
  });

  const jobQueue = () =>
    app.node.findAll().find((node): node is CfnQueue => /Cma\/Queue\/Resource$/.test(node.node.path))!;
  const streamSource = () => nth(CfnEventSourceMapping, 1);
  const anotherReader = (number: number) => {
    const { eventSourceArn, functionName, startingPosition, destinationConfig, stack } = streamSource();
    const props = { eventSourceArn, functionName, startingPosition, destinationConfig };
    return new CfnEventSourceMapping(stack, `Reader${number}`, props);
  };
  const allow = (Action: string, Resource: string) => {
    nth(CfnRole).policies = [
      { policyName: "more", policyDocument: { Statement: [{ Effect: "Allow", Action, Resource }] } },
    ];
  };
});

test("every alarm links a heading of the runbook, and every heading has an alarm", () => {
  const [text = ""] = readFileSync(join(import.meta.dirname, "../../infra/runbook.md"), "utf8").split(
    "\n# Deployments\n",
  );
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
  expect(headings.toSorted()).toEqual(Object.values(runbook).toSorted());

  const templates = new Templates(appOf(stages.prod, { sample }));
  const linked = templates
    .all("AWS::CloudWatch::Alarm")
    .map(([, { Properties }]) => /#([\w-]+)$/.exec(Properties.AlarmDescription)?.[1]);
  expect(new Set(linked)).toEqual(new Set(headings.map(anchor)));
});

/** One worker, one consumer and one schedule, so that each rule has something to look at whatever Gable's operations are. */
const sample = [
  queueWorker({
    id: "work",
    summary: "Work",
    queue: "cma",
    impact: "Work is not done.",
    message: { parse: (body: unknown) => body },
    access: { table: tableFor("PutItem") },
    async run() {},
  }),
  streamConsumer({
    id: "follow",
    summary: "Follow",
    impact: "What follows is late.",
    only: ["record"],
    access: { table: tableFor("PutItem") },
    async run() {},
  }),
  schedule({
    id: "tidy",
    summary: "Tidy up",
    everyMinutes: 60,
    timeout: 60,
    impact: "Nothing is tidied up.",
    access: { table: tableFor("PutItem") },
    async run() {},
  }),
];
