import { Stack, type StackProps } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import {
  type CfnStage,
  HttpStage,
  type IHttpApi,
  LogGroupLogDestination,
} from "aws-cdk-lib/aws-apigatewayv2";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { Definition, Operation } from "../../shared/entry/definition.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";
import { routeKeyOf } from "../constructs/route.ts";
import type { Stage, Throttle } from "../stages.ts";

/** One line a request, without what a person sent. */
const accessLog = AccessLogFormat.custom(
  JSON.stringify({
    time: "$context.requestTime",
    request_id: "$context.requestId",
    ip: "$context.identity.sourceIp",
    route: "$context.routeKey",
    status: "$context.status",
    bytes: "$context.responseLength",
    milliseconds: "$context.responseLatency",
    integration_error: "$context.integrationErrorMessage",
  }),
);

export interface ApiStageStackProps extends StackProps {
  readonly stage: Stage;
  readonly api: IHttpApi;
  readonly definitions: readonly Definition[];
}

/**
 * The API's stage, with throttling and access log. A separate stack after all areas, because a throttle can only name
 * a route that exists.
 */
export class ApiStageStack extends Stack {
  constructor(scope: Construct, id: string, props: ApiStageStackProps) {
    super(scope, id, props);
    const { stage, api, definitions } = props;
    const logGroup = new LogGroup(this, "AccessLog", {
      retention: stage.logRetention,
      removalPolicy: stage.removal,
    });
    const { rate, burst } = stage.throttle;
    const made = new HttpStage(this, "Stage", {
      httpApi: api,
      autoDeploy: true,
      throttle: { rateLimit: rate, burstLimit: burst },
      accessLogSettings: { destination: new LogGroupLogDestination(logGroup), format: accessLog },
    });
    (made.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(
      definitions.flatMap((definition) => {
        const own = definition.kind === "http" && ownThrottle(definition, stage);
        if (!own) return [];
        return [[routeKeyOf(definition), { ThrottlingRateLimit: own.rate, ThrottlingBurstLimit: own.burst }]];
      }),
    );
  }
}

/** A throttle of its own for a route that hashes passwords, and for one that anyone may call. */
function ownThrottle({ permission, memory }: Operation, { throttle }: Stage): Throttle | undefined {
  if (memory === hashingMemory) return throttle.password;
  return permission === "public" ? throttle.public : undefined;
}
