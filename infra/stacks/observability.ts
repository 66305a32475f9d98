import { Duration, Stack, type StackProps, Validations } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { Dashboard, GraphWidget, type IMetric, MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";
import { alarmTopicName } from "../constructs/alarm.ts";
import type { Stage } from "../stages.ts";
import type { DataStack } from "./data.ts";

export interface ObservabilityStackProps extends StackProps {
  readonly stage: Stage;
  readonly data: DataStack;
  readonly api: HttpApi;
}

/** One dashboard, and the topic that emails alarms. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, props: ObservabilityStackProps) {
    super(scope, id, props);
    const { stage, data, api } = props;
    if (stage.alarmEmail) {
      const topic = new Topic(this, "Alarms", { topicName: alarmTopicName(stage), enforceSSL: true });
      // A policy of its own replaces the topic's default one, which would have let the account's alarms publish.
      topic.addToResourcePolicy(
        new PolicyStatement({
          principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
          actions: ["sns:Publish"],
          resources: [topic.topicArn],
          conditions: { StringEquals: { "aws:SourceAccount": this.account } },
        }),
      );
      topic.addSubscription(new EmailSubscription(stage.alarmEmail));
      Validations.of(topic).acknowledge({
        id: "Serverless-SNSRedrivePolicy",
        reason: "If an email cannot be delivered, the alarm still shows in CloudWatch.",
      });
    }

    const queues = Object.values(data.queues);
    new Dashboard(this, "Dashboard", {
      dashboardName: `Gable-${stage.name}`,
      defaultInterval: Duration.days(1),
      widgets: [
        [
          graph("Requests", [api.metricCount({ statistic: "Sum" })]),
          graph("Refused and failed", [
            api.metricClientError({ statistic: "Sum" }),
            api.metricServerError({ statistic: "Sum" }),
          ]),
          graph("Latency (ms)", [
            api.metricLatency({ statistic: "p50" }),
            api.metricLatency({ statistic: "p95" }),
          ]),
        ],
        [
          graph("Failed invocations", [functions(stage, "Errors", "Sum")]),
          graph("Duration, p95 (ms)", [functions(stage, "Duration", "p95")]),
          graph("Throttled invocations", [functions(stage, "Throttles", "Sum")]),
        ],
        [
          graph(
            "Jobs waiting",
            queues.map(({ queue }) => queue.metricApproximateNumberOfMessagesVisible()),
          ),
          graph(
            "Oldest job (s)",
            queues.map(({ queue }) => queue.metricApproximateAgeOfOldestMessage()),
          ),
          graph(
            "Jobs set aside",
            queues.map(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible()),
          ),
        ],
        [
          graph("Table: read and write units", [
            data.table.metricConsumedReadCapacityUnits(),
            data.table.metricConsumedWriteCapacityUnits(),
          ]),
          graph("Changes waiting in the stream (ms)", [functions(stage, "IteratorAge", "Maximum")]),
        ],
      ],
    });
  }
}

const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 8, height: 6 });

/** A metric of every function of the stage, found by name, so that a new function is on the dashboard at once. */
const functions = (stage: Stage, metric: string, statistic: string) =>
  new MathExpression({
    expression: `SEARCH('{AWS/Lambda,FunctionName} MetricName="${metric}" FunctionName=Gable-${stage.name}', '${statistic}', 300)`,
    label: "",
  });
