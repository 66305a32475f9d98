import { Duration, Validations } from "aws-cdk-lib";
import { MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { Schedule as Rate, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping, MetricType, StartingPosition } from "aws-cdk-lib/aws-lambda";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { queues } from "../../shared/data/grant.ts";
import type { QueueWorker, Schedule, StreamConsumer } from "../../shared/entry/definition.ts";
import type { Stage } from "../stages.ts";
import { UserAlarm } from "./alarm.ts";
import type { OperationFunction } from "./operation-function.ts";

/** Feeds a worker from its queue; what it fails goes back one by one. */
export function workQueue(
  target: OperationFunction,
  stage: Stage,
  worker: QueueWorker,
  { queue, deadLetters }: { readonly queue: IQueue; readonly deadLetters: IQueue },
): void {
  const source = new EventSourceMapping(target, "Source", {
    target: target.lambda,
    eventSourceArn: queue.queueArn,
    batchSize: queues[worker.queue].batch,
    reportBatchItemFailures: true,
    maxConcurrency: stage.workers,
  });
  Validations.of(source).acknowledge({
    id: "Serverless-LambdaEventSourceMappingDestination",
    reason: "The queue's own redrive policy sets aside what fails; a destination is for streams.",
  });
  setAsideAlarm(target, stage, worker.impact, deadLetters);
  new UserAlarm(target, "Waits", {
    stage,
    metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
    threshold: Duration.minutes(15).toSeconds(),
    periods: 2,
    users: worker.impact,
    runbook: "jobsWait",
  });
}

/**
 * Feeds a consumer from the table's stream, each shard in order. A batch that fails is halved until the change that
 * fails stands alone, which costs no try. That one is tried a hundred times more. Lambda's pauses grow to about a
 * minute, so that is an hour and a half: it outlasts a short outage, and what waits behind it in its shard waits no
 * longer. Then the change goes whole to the bucket, and the rest go on.
 */
export function followStream(
  target: OperationFunction,
  stage: Stage,
  consumer: StreamConsumer,
  { streamArn, setAside }: { readonly streamArn: string; readonly setAside: IBucket },
): void {
  const source = new EventSourceMapping(target, "Source", {
    target: target.lambda,
    eventSourceArn: streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: consumer.batch ?? 100,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 100,
    maxRecordAge: Duration.hours(6),
    metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    // Not the library's S3OnFailureDestination: it would grant more than grants.ts says.
    onFailure: { bind: () => ({ destination: setAside.bucketArn }) },
  });
  const events = (metricName: string) =>
    new Metric({
      namespace: "AWS/Lambda",
      metricName,
      dimensionsMap: { EventSourceMappingUUID: source.eventSourceMappingId },
      statistic: "Sum",
    });
  new UserAlarm(target, "SetAside", {
    stage,
    metric: new MathExpression({
      // Dropped: what could not be put into the bucket either.
      expression: "FILL(delivered, 0) + FILL(dropped, 0)",
      usingMetrics: {
        delivered: events("OnFailureDestinationDeliveredEventCount"),
        dropped: events("DroppedEventCount"),
      },
      period: Duration.minutes(5),
    }),
    threshold: 1,
    periods: 1,
    users: consumer.impact,
    runbook: "changeSetAside",
  });
  new UserAlarm(target, "Waits", {
    stage,
    metric: target.lambda.metric("IteratorAge", { statistic: "Maximum", period: Duration.minutes(5) }),
    threshold: Duration.minutes(10).toMilliseconds(),
    periods: 1,
    users: consumer.impact,
    runbook: "changesWait",
  });
}

/** Calls scheduled work at its rate. */
export function callEvery(target: OperationFunction, { everyMinutes, summary }: Schedule): void {
  const rule = new Rule(target, "Rule", {
    description: summary,
    schedule: Rate.rate(Duration.minutes(everyMinutes)),
    targets: [new LambdaTarget(target.lambda)],
  });
  Validations.of(rule).acknowledge({
    id: "Serverless-EventBusDLQ",
    reason:
      "The event carries nothing: the next run finds the same work, and the alarm tells of one that failed.",
  });
}

function setAsideAlarm(target: OperationFunction, stage: Stage, users: string, setAside: IQueue): void {
  new UserAlarm(target, "SetAside", {
    stage,
    metric: setAside.metricApproximateNumberOfMessagesVisible({
      statistic: "Maximum",
      period: Duration.minutes(5),
    }),
    threshold: 1,
    periods: 1,
    users,
    runbook: "jobSetAside",
  });
}
