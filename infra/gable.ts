import type { App, Environment } from "aws-cdk-lib";
import type { Code } from "aws-cdk-lib/aws-lambda";
import type { Definition } from "../shared/entry/definition.ts";
import { ApiStageStack } from "./stacks/api-stage.ts";
import { AreaStack } from "./stacks/area.ts";
import { DataStack } from "./stacks/data.ts";
import { GatewayStack } from "./stacks/gateway.ts";
import { ObservabilityStack } from "./stacks/observability.ts";
import type { Stage } from "./stages.ts";

export interface GableProps {
  readonly stage: Stage;
  /** Entry points by area, as functions/index.ts lists them. */
  readonly areas: Readonly<Record<string, readonly Definition[]>>;
  readonly code: (definition: Definition) => Code;
  /** Account and region; without them the templates fit any. */
  readonly env?: Environment;
}

/** All stacks of Gable: Data, Gateway, one per area, ApiStage and Observability. */
export function gable(app: App, { stage, areas, code, env = {} }: GableProps): void {
  const name = (part: string) => `Gable-${stage.name}-${part}`;
  const data = new DataStack(app, name("Data"), { stage, env });
  const { api } = new GatewayStack(app, name("Gateway"), { stage, env });
  const areaStacks = Object.entries(areas).map(
    ([area, definitions]) =>
      new AreaStack(app, name(areaTitle(area)), { stage, env, definitions, data, api, code }),
  );
  const definitions = Object.values(areas).flat();
  const apiStage = new ApiStageStack(app, name("ApiStage"), { stage, env, api, definitions });
  for (const area of areaStacks)
    apiStage.addStackDependency(area, "A throttle can only name a route that exists.");
  new ObservabilityStack(app, name("Observability"), { stage, env, data, api });
}

/** `market-analysis` → `MarketAnalysis`. */
const areaTitle = (area: string) => area.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
