import { Duration, Validations } from "aws-cdk-lib";
import { type IMetric, MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { Schedule as Rate, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping, FilterCriteria, MetricType, StartingPosition } from "aws-cdk-lib/aws-lambda";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { queues } from "../../shared/data/grant.ts";
import type { QueueWorker, Schedule, StreamConsumer } from "../../shared/entry/definition.ts";
import type { Stage } from "../stages.ts";
import { UserAlarm, worstOf } from "./alarm.ts";
import type { OperationFunction } from "./operation-function.ts";

const metricsConfig = { metrics: [MetricType.EVENT_COUNT] };

/**
 * Feeds a worker from its queue; what it fails goes back one by one.
 *
 * Its alarm: three failures within five minutes, which one message that always fails makes in its first minute (it is
 * tried at once and after 5, 20, 65 and 200 seconds); a crash or a timeout; a message newly set aside; one that waits
 * for a quarter of an hour. A reported failure is no error of the function: only the mapping counts it. The queue's
 * age alone would not do, for SQS leaves out a message that was received three times.
 */
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
    metricsConfig,
  });
  Validations.of(source).acknowledge({
    id: "Serverless-LambdaEventSourceMappingDestination",
    reason: "The queue's own redrive policy sets aside what fails; a destination is for streams.",
  });
  new UserAlarm(target, "Fails", {
    stage,
    metric: worstOf({
      failures: { metric: eventsOf(source, "FailedInvokeEventCount"), limit: 3 },
      errors: { metric: target.lambda.metricErrors(), limit: 1 },
      newly_set_aside: { metric: increaseOf(deadLetters), limit: 1 },
      age: {
        metric: queue.metricApproximateAgeOfOldestMessage(),
        limit: Duration.minutes(15).toSeconds(),
      },
    }),
    threshold: 1,
    periods: 1,
    users: worker.impact,
    runbook: "workerFails",
  });
}

/**
 * Feeds a consumer from the table's stream, each shard in order. A batch that fails is halved until the change that
 * fails stands alone, which costs no try. That one is tried a hundred times more. Lambda's pauses grow to about a
 * minute, so that is an hour and a half: it outlasts a short outage, and what waits behind it in its shard waits no
 * longer. Then the change goes whole to the bucket, and the rest go on.
 *
 * Its alarm: three failed invocations within five minutes, which one change that always fails makes as its batch is
 * halved; a change set aside, or dropped because the bucket did not take it; one that waits for ten minutes.
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
    filters: [changesOf(consumer.only)],
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: 100,
    maxRecordAge: Duration.hours(6),
    metricsConfig,
    // Not the library's S3OnFailureDestination: it would grant more than grants.ts says.
    onFailure: { bind: () => ({ destination: setAside.bucketArn }) },
  });
  new UserAlarm(target, "Fails", {
    stage,
    metric: worstOf({
      errors: { metric: target.lambda.metricErrors(), limit: 3 },
      set_aside: { metric: eventsOf(source, "OnFailureDestinationDeliveredEventCount"), limit: 1 },
      dropped: { metric: eventsOf(source, "DroppedEventCount"), limit: 1 },
      age: {
        metric: target.lambda.metric("IteratorAge", { statistic: "Maximum" }),
        limit: Duration.minutes(10).toMilliseconds(),
      },
    }),
    threshold: 1,
    periods: 1,
    users: consumer.impact,
    runbook: "consumerFails",
  });
}

/** The filter of a stream's consumer: the sort keys of the items it takes. What it writes itself costs no invocation. */
const changesOf = (sortKeys: readonly string[]) =>
  FilterCriteria.filter({
    dynamodb: {
      Keys: { sk: { S: sortKeys.map((key) => (key.endsWith("#") ? { prefix: key } : key)) } },
    },
  });

/** Calls scheduled work at its rate. Its alarm: a run that failed; Lambda itself tries each run three times. */
export function callEvery(
  target: OperationFunction,
  stage: Stage,
  { everyMinutes, summary, impact }: Schedule,
): void {
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
  new UserAlarm(target, "Fails", {
    stage,
    metric: target.lambda.metricErrors({ period: Duration.minutes(5) }),
    threshold: 1,
    periods: 1,
    users: impact,
    runbook: "scheduleFails",
  });
}

/** What a mapping counts of the messages or changes that it hands to its function. */
const eventsOf = (source: EventSourceMapping, metricName: string): IMetric =>
  new Metric({
    namespace: "AWS/Lambda",
    metricName,
    dimensionsMap: { EventSourceMappingUUID: source.eventSourceMappingId },
    statistic: "Sum",
  });

/** How many messages more than before lie in a queue: a message that stays there rings once. */
const increaseOf = (queue: IQueue): IMetric =>
  new MathExpression({
    expression: "DIFF(FILL(lying, 0))",
    usingMetrics: { lying: queue.metricApproximateNumberOfMessagesVisible({ statistic: "Maximum" }) },
  });
