import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import { CorsHttpMethod, HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import type { Construct } from "constructs";
import { UserAlarm } from "../constructs/alarm.ts";
import type { Stage } from "../stages.ts";

/** The HTTP API and its CORS. Its routes are in the area stacks with their functions; its stage comes after them. */
export class GatewayStack extends Stack {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, props: StackProps & { readonly stage: Stage }) {
    super(scope, id, props);
    const { stage } = props;
    this.api = new HttpApi(this, "Api", {
      apiName: `Gable-${stage.name}`,
      createDefaultStage: false,
      ...(stage.corsOrigins.length ? { corsPreflight: cors(stage.corsOrigins) } : {}),
    });
    new UserAlarm(this, "Errors", {
      stage,
      metric: this.api.metricServerError({ period: Duration.minutes(5), statistic: "Sum" }),
      threshold: 5,
      periods: 1,
      users: "Callers of the API get server errors (5xx).",
      runbook: "apiErrors",
    });
    new UserAlarm(this, "Slow", {
      stage,
      metric: this.api.metricLatency({ period: Duration.minutes(5), statistic: "p95" }),
      threshold: Duration.seconds(3).toMilliseconds(),
      periods: 3,
      users: "Callers of the API wait three seconds or more for an answer.",
      runbook: "apiSlow",
    });
    new CfnOutput(this, "ApiUrl", { value: this.api.apiEndpoint });
  }
}

const cors = (origins: readonly string[]) => ({
  allowOrigins: [...origins],
  allowMethods: [CorsHttpMethod.ANY],
  allowHeaders: ["authorization", "content-type", "if-match", "if-none-match", "idempotency-key"],
  exposeHeaders: [
    "etag",
    "location",
    "retry-after",
    "x-request-id",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
  ],
  maxAge: Duration.hours(1),
});
