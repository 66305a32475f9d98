import { describe, expect, test } from "vitest";
import { definitions } from "../../functions/index.ts";
import { backoffAfter } from "../../shared/entry/queue.ts";
import { equipped, type Resource, templatesOf } from "./templates.ts";

const prod = templatesOf();
const alarms = prod.all("AWS::CloudWatch::Alarm").map(([id, { Properties }]) => ({ id, ...Properties }));
const alarmOf = (functionId: string) => alarms.find(({ id }) => id.startsWith(`${functionId}Fails`));

test("there is one alarm for each worker, consumer and schedule, and two for the API", () => {
  const behind = definitions.filter(({ kind }) => kind !== "http").map(({ id }) => `${id}Fails`);
  const names = alarms.map(({ id }) => id.replace(/[0-9A-F]{8}$/, ""));
  expect(names.sort()).toEqual([...behind, "Errors", "Slow"].sort());
});

test.each(definitions.flatMap((one) => (one.kind === "http" ? [] : [[one.id, one.impact] as const])))(
  "the alarm of %s says what users see",
  (id, impact) => {
    expect(alarmOf(id)?.AlarmDescription.startsWith(`${impact} Runbook: `)).toBe(true);
  },
);

interface Query {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: {
    Metric: { MetricName: string; Dimensions: { Name: string; Value: unknown }[] };
    Period: number;
  };
}

/** The metrics of an alarm by name: of what, and how much of it rings. */
function limitsOf({ Metrics }: { Metrics: Query[] }): Record<string, [of: string, limit: number]> {
  const limits = [...Metrics[0]!.Expression!.matchAll(/FILL\((\w+), 0\) \/ (\d+)/g)];
  return Object.fromEntries(
    limits.map(([, id, limit]) => {
      let query = Metrics.find(({ Id }) => Id === id)!;
      const inner = /FILL\((\w+), 0\)/.exec(query.Expression ?? "")?.[1];
      if (inner) query = Metrics.find(({ Id }) => Id === inner)!;
      const { MetricName, Dimensions } = query.MetricStat!.Metric;
      return [MetricName, [prod.text(Dimensions[0]!.Value), Number(limit)]];
    }),
  );
}

const sourceOf = (functionId: string) =>
  prod.all("AWS::Lambda::EventSourceMapping").find(([id]) => id.startsWith(`${functionId}Source`))!;

describe("a failure is told by the metric that counts it", () => {
  const workers = definitions.filter(({ kind }) => kind === "queue");

  test.each(workers.map(({ id }) => id))("of the worker %s", (id) => {
    const [source, { Properties }] = sourceOf(id);
    expect(Properties.MetricsConfig, "no counting without it").toEqual({ Metrics: ["EventCount"] });
    const limits = limitsOf(alarmOf(id) as never);
    expect(limits.FailedInvokeEventCount).toEqual([source, 3]);
    expect(limits.Errors?.[1]).toBe(1);
    expect(limits.ApproximateNumberOfMessagesVisible?.[0]).toMatch(/DeadLetters/);
    expect(limits.ApproximateAgeOfOldestMessage?.[1]).toBe(900);
    expect(alarmOf(id)).toMatchObject({ Threshold: 1, EvaluationPeriods: 1 });
  });

  test.each(["applyEffects", "writeLog"])("of the consumer %s", (id) => {
    const [source, { Properties }] = sourceOf(id);
    expect(Properties.MetricsConfig).toEqual({ Metrics: ["EventCount"] });
    expect(limitsOf(alarmOf(id) as never)).toMatchObject({
      OnFailureDestinationDeliveredEventCount: [source, 1],
      DroppedEventCount: [source, 1],
      Errors: [expect.stringContaining(id), 3],
      IteratorAge: [expect.stringContaining(id), 600_000],
    });
  });

  test("a message that always fails rings in its first minutes, wherever the periods begin", () => {
    // Tried at once, and again after each back-off.
    const tries = [0];
    for (let receives = 1; receives < 7; receives++) tries.push(tries.at(-1)! + backoffAfter(receives));
    const { Metrics } = alarmOf(workers[0]!.id) as unknown as { Metrics: Query[] };
    const [, limit] = limitsOf({ Metrics }).FailedInvokeEventCount!;
    const { Period: seconds } = Metrics.find(
      ({ MetricStat }) => MetricStat?.Metric.MetricName === "FailedInvokeEventCount",
    )!.MetricStat!;
    for (let begin = 0; begin < seconds; begin++) {
      const period = (at: number) => Math.floor((at + begin) / seconds);
      const counted = Map.groupBy(tries, period);
      const rang = [...counted].find(([, failures]) => failures.length >= limit)!;
      expect((rang[0] + 1) * seconds - begin, "seconds until the period is over").toBeLessThan(15 * 60);
    }
  });
});

describe("alarms reach a person", () => {
  const mailed = templatesOf(equipped);
  const statements = (policy: Resource) => policy.Properties.PolicyDocument.Statement;

  test("every alarm writes to the topic, whose policy lets CloudWatch publish", () => {
    for (const [id, { Properties }] of mailed.all("AWS::CloudWatch::Alarm"))
      expect(JSON.stringify(Properties.AlarmActions), id).toContain(":Gable-prod-alarms");
    expect(mailed.only("AWS::SNS::Subscription").Properties).toMatchObject({
      Endpoint: equipped.alarmEmail,
    });

    const [topicId] = mailed.all("AWS::SNS::Topic")[0]!;
    const policy = mailed.only("AWS::SNS::TopicPolicy");
    expect(policy.Properties.Topics).toEqual([{ Ref: topicId }]);
    expect(statements(policy)).toContainEqual(
      expect.objectContaining({
        Effect: "Allow",
        Action: "sns:Publish",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Resource: { Ref: topicId },
        Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
      }),
    );
  });
});
