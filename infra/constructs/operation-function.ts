import { Duration, Size, Validations } from "aws-cdk-lib";
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, type Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Definition } from "../../shared/entry/definition.ts";
import { cpuOf } from "../natives.ts";
import type { Stage } from "../stages.ts";
import { timeoutOf } from "../timeout.ts";
import { environmentOf, logLines, type Resources, statementsOf, wildcardReasons } from "./grants.ts";

export interface OperationFunctionProps {
  readonly stage: Stage;
  readonly definition: Definition;
  readonly code: Code;
  readonly resources: Resources;
  /** What the trigger needs beside the definition's own grants. */
  readonly also?: readonly PolicyStatement[];
}

/** The one place that makes a Lambda: from its definition, with a role and a log of its own. */
export class OperationFunction extends Construct {
  readonly lambda: LambdaFunction;

  constructor(
    scope: Construct,
    id: string,
    { stage, definition, code, resources, also = [] }: OperationFunctionProps,
  ) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Log", {
      retention: stage.logRetention,
      removalPolicy: stage.removal,
    });
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: {
        access: new PolicyDocument({
          statements: [logLines(logGroup), ...statementsOf(definition, resources), ...also],
        }),
      },
    });
    this.lambda = new LambdaFunction(this, "Function", {
      functionName: functionName(stage, definition),
      description: definition.summary,
      runtime: Runtime.NODEJS_24_X,
      architecture: cpuOf(definition) === "x64" ? Architecture.X86_64 : Architecture.ARM_64,
      handler: "index.handler",
      code,
      memorySize: definition.memory ?? 512,
      ...(definition.disk ? { ephemeralStorageSize: Size.mebibytes(definition.disk) } : {}),
      timeout: Duration.seconds(timeoutOf(definition)),
      environment: environmentOf(definition, resources),
      role,
      logGroup,
    });
    Validations.of(role).acknowledge(...wildcardReasons(definition, resources));
    Validations.of(this.lambda).acknowledge(
      {
        id: "Serverless-LambdaDLQ",
        reason:
          "It has no asynchronous caller whose event could be lost: callers wait, queues and the stream redeliver.",
      },
      {
        id: "Serverless-LambdaTracing",
        reason:
          "Traces need a permission on every resource; log lines carry the request id from gateway to record.",
      },
    );
  }
}

/** A function's physical name. */
export const functionName = (stage: Stage, { id }: Definition): string => `Gable-${stage.name}-${id}`;
