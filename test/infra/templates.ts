import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import type { CloudFormationStackArtifact } from "aws-cdk-lib/cx-api";
import { areas } from "../../functions/index.ts";
import { gable } from "../../infra/gable.ts";
import { type Stage, stages } from "../../infra/stages.ts";
import { newApp } from "../../infra/synth.ts";
import type { QueueName } from "../../shared/data/grant.ts";
import type { Definition } from "../../shared/entry/definition.ts";

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template's properties have as many shapes as AWS has resources.
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>
  >;
}

/** Prod with all that a stage may have beside: websites, a web app, its own sender, somebody who gets the alarms. */
export const equipped: Stage = {
  ...stages.prod,
  corsOrigins: ["https://www.example.com"],
  appOrigin: "https://app.example.com",
  mailSender: "office@mail.example.com",
  alarmEmail: "office@example.com",
};

/** Gable's construct tree without bundles. */
export function appOf(
  stage: Stage = stages.prod,
  of: Readonly<Record<string, readonly Definition[]>> = areas,
): App {
  const app = newApp(join(tmpdir(), `gable-templates-${randomUUID()}`));
  gable(app, { stage, areas: of, code: () => Code.fromInline("export {};") });
  return app;
}

/** The stacks of an app, their templates read; what it wrote is removed. */
function synthesise(app: App): CloudFormationStackArtifact[] {
  const { stacks, directory } = app.synth();
  // A template is read from its file when it is first asked for.
  for (const stack of stacks) void stack.template;
  rmSync(directory, { recursive: true });
  return stacks;
}

const made = new Map<Stage, Templates>();

/** A stage of Gable, synthesised once. */
export function templatesOf(stage: Stage = stages.prod): Templates {
  const known = made.get(stage) ?? new Templates(appOf(stage));
  made.set(stage, known);
  return known;
}

/** The synthesised templates of an app, and how to look things up in them. */
export class Templates {
  readonly app: App;
  readonly stacks: readonly CloudFormationStackArtifact[];
  readonly byStack: Readonly<Record<string, Template>>;
  private readonly exports = new Map<string, unknown>();

  constructor(app: App) {
    this.app = app;
    this.stacks = synthesise(app);
    this.byStack = Object.fromEntries(
      this.stacks.map((stack) => [stack.stackName, stack.template as Template]),
    );
    for (const { Outputs = {} } of Object.values(this.byStack))
      for (const { Export, Value } of Object.values(Outputs))
        if (Export) this.exports.set(Export.Name, Value);
  }

  /** Every resource of a type, by logical id. */
  all(type: string): [string, Resource][] {
    return Object.values(this.byStack).flatMap(({ Resources }) =>
      Object.entries(Resources).filter(([, resource]) => resource.Type === type),
    );
  }

  /** The only resource of a type. */
  only(type: string): Resource {
    const found = this.all(type);
    if (found.length !== 1) throw new Error(`There are ${found.length} resources of type ${type}`);
    return found[0]![1];
  }

  /** The logical id of a job queue, or of its dead letters. */
  queueId(name: QueueName, part: "Queue" | "DeadLetters" = "Queue"): string {
    const prefix = `${name[0]?.toUpperCase()}${name.slice(1)}${part}`;
    return this.all("AWS::SQS::Queue").find(([id]) => id.startsWith(prefix))![0];
  }

  /** A value as text: references become `<logical id>`, attributes `<logical id>.<attribute>`, imports are followed. */
  text(value: unknown): string {
    if (typeof value === "string") return value;
    const [[kind, of]] = Object.entries(value as Record<string, unknown>) as [[string, never]];
    switch (kind) {
      case "Ref":
        return of;
      case "Fn::GetAtt":
        return (of as string[]).join(".");
      case "Fn::ImportValue":
        return this.text(this.exports.get(of));
      case "Fn::Join":
        return (of[1] as unknown[]).map((part) => this.text(part)).join(of[0]);
      default:
        throw new Error(`${kind} is not expected in these templates`);
    }
  }
}
