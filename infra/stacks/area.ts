import { Stack, type StackProps } from "aws-cdk-lib";
import type { IHttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import type { Code } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { Definition } from "../../shared/entry/definition.ts";
import { callEvery, followStream, workQueue } from "../constructs/event-sources.ts";
import { consume, follow } from "../constructs/grants.ts";
import { OperationFunction } from "../constructs/operation-function.ts";
import { route } from "../constructs/route.ts";
import type { Stage } from "../stages.ts";
import type { DataStack } from "./data.ts";

export interface AreaStackProps extends StackProps {
  readonly stage: Stage;
  readonly definitions: readonly Definition[];
  readonly data: DataStack;
  readonly api: IHttpApi;
  readonly code: (definition: Definition) => Code;
}

/** The entry points of one folder of functions/, each a function with its trigger. */
export class AreaStack extends Stack {
  constructor(scope: Construct, id: string, props: AreaStackProps) {
    super(scope, id, props);
    for (const definition of props.definitions) this.add(definition, props);
  }

  private add(definition: Definition, { stage, data, api, code }: AreaStackProps): void {
    const { table, bucket, queues, secrets, mail } = data;
    const appOrigin = stage.appOrigin ?? api.apiEndpoint;
    const resources = { table, bucket, queues, secrets, mail, appOrigin, apiOrigin: api.apiEndpoint };
    const props = { stage, definition, code: code(definition), resources };
    switch (definition.kind) {
      case "http": {
        route(new OperationFunction(this, definition.id, props), api, definition);
        break;
      }
      case "queue": {
        const source = data.queues[definition.queue];
        const target = new OperationFunction(this, definition.id, {
          ...props,
          also: [consume(source.queue)],
        });
        workQueue(target, stage, definition, source);
        break;
      }
      case "stream": {
        const streamArn = data.table.tableStreamArn!;
        const target = new OperationFunction(this, definition.id, {
          ...props,
          also: follow(streamArn, data.bucket),
        });
        followStream(target, stage, definition, { streamArn, setAside: data.bucket });
        break;
      }
      case "schedule": {
        callEvery(new OperationFunction(this, definition.id, props), stage, definition);
        break;
      }
    }
  }
}
