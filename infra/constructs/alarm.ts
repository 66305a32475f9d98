import { ArnFormat, Duration, Stack } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { Stage } from "../stages.ts";

/** The headings of infra/runbook.md that alarms link. */
export const runbook = {
  apiErrors: "The API answers with errors",
  apiSlow: "The API is slow",
  workerFails: "A worker fails",
  consumerFails: "A consumer of the stream fails",
  scheduleFails: "A schedule fails",
} as const;

/** A heading's anchor, as GitHub makes it. */
export const anchor = (heading: string): string => heading.toLowerCase().replaceAll(" ", "-");

export interface UserAlarmProps {
  readonly stage: Stage;
  readonly metric: IMetric;
  /** The alarm goes off when the metric reaches this in `periods` consecutive periods. */
  readonly threshold: number;
  readonly periods: number;
  /** What it means for users: one sentence, with its full stop. */
  readonly users: string;
  /** The runbook section for whoever is on call. */
  readonly runbook: keyof typeof runbook;
}

/**
 * A metric that is 1 or more when any of several metrics reaches its limit within a period: one alarm for one fault,
 * whichever metric shows it. Missing data counts as 0.
 */
export function worstOf(
  limits: Readonly<Record<string, { readonly metric: IMetric; readonly limit: number }>>,
  period = Duration.minutes(5),
): IMetric {
  const shares = Object.entries(limits).map(([id, { limit }]) => `FILL(${id}, 0) / ${limit}`);
  const usingMetrics = Object.fromEntries(Object.entries(limits).map(([id, { metric }]) => [id, metric]));
  return new MathExpression({ expression: `MAX([${shares.join(", ")}])`, usingMetrics, period });
}

/** An alarm that says what it means for users and where to read what to do. */
export class UserAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: UserAlarmProps) {
    super(scope, id, {
      metric: props.metric,
      threshold: props.threshold,
      evaluationPeriods: props.periods,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${props.users} Runbook: infra/runbook.md#${anchor(runbook[props.runbook])}`,
    });
    if (!props.stage.alarmEmail) return;
    const topic = Topic.fromTopicArn(this, "Topic", alarmTopicArn(this, props.stage));
    this.addAlarmAction(new SnsAction(topic));
  }
}

/** The topic's name is fixed, so that alarms in every stack find it without a stack in front of all others. */
export const alarmTopicName = (stage: Stage): string => `Gable-${stage.name}-alarms`;

function alarmTopicArn(scope: Construct, stage: Stage): string {
  return Stack.of(scope).formatArn({
    service: "sns",
    resource: alarmTopicName(stage),
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
}
