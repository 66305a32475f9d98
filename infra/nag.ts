import { type App, type CfnResource, Reference, Tokenization } from "aws-cdk-lib";
import { CfnAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { CfnGlobalTable } from "aws-cdk-lib/aws-dynamodb";
import { CfnPolicy, CfnRole } from "aws-cdk-lib/aws-iam";
import { CfnEventSourceMapping, CfnFunction } from "aws-cdk-lib/aws-lambda";
import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks, NagMessageLevel, NagPack, NagRuleCompliance, ServerlessChecks } from "cdk-nag";
import { bucketPrefixes } from "../shared/data/grant.ts";
import { setAsidePrefix } from "./constructs/grants.ts";

const { COMPLIANT, NON_COMPLIANT } = NagRuleCompliance;

/** Every rule that Gable's templates pass or acknowledge with a reason. */
export const checks = (app: App): NagPack[] => [
  new AwsSolutionsChecks(app),
  new ServerlessChecks(app),
  new GableChecks(),
];

interface Rule {
  readonly name: string;
  readonly info: string;
  /** True when the resource complies or the rule does not apply to it. */
  holds(node: CfnResource): boolean;
}

/** Rules that the public packs do not have. */
class GableChecks extends NagPack {
  readonly name = "GableChecks";

  constructor() {
    super();
    this.packName = "Gable";
  }

  protected override checkResource(node: CfnResource): void {
    for (const { name, info, holds } of rules)
      this.applyRule({
        ruleSuffixOverride: name,
        info,
        explanation: info,
        level: NagMessageLevel.ERROR,
        node,
        rule: () => (holds(node) ? COMPLIANT : NON_COMPLIANT),
      });
  }
}

const rules: readonly Rule[] = [
  {
    name: "PointInTimeRecovery",
    info: "A table without point-in-time recovery cannot be brought back to the minute before a mistake.",
    holds: (node) =>
      !(node instanceof CfnGlobalTable) ||
      replicasOf(node).every(
        (replica) => replica.pointInTimeRecoverySpecification?.pointInTimeRecoveryEnabled === true,
      ),
  },
  {
    name: "Visibility",
    info: "A queue's visibility must be six times its worker's timeout, or a slow job runs twice at once.",
    holds(node) {
      const [queue, worker] =
        node instanceof CfnEventSourceMapping ? [target(node.eventSourceArn), target(node.functionName)] : [];
      if (!(queue instanceof CfnQueue && worker instanceof CfnFunction)) return true;
      return (queue.visibilityTimeout ?? 30) >= 6 * (worker.timeout ?? 3);
    },
  },
  {
    name: "DeadLetters",
    info: "A queue without a dead-letter queue retries a poison message until it expires.",
    holds: (node) =>
      !(node instanceof CfnQueue) || node.redrivePolicy !== undefined || takesDeadLetters(node),
  },
  {
    name: "StreamReaders",
    info: "DynamoDB throttles a stream with more than two consumers: add the work to an existing consumer.",
    holds: (node) => !(node instanceof CfnEventSourceMapping) || readersBeside(node).length <= 2,
  },
  {
    name: "Wildcard",
    info: "A permission names its actions and its resources; only a prefix of the bucket may end in a wildcard.",
    holds: (node) =>
      statementsOf(node).every(
        ({ NotAction, NotResource, Action, Resource }) =>
          !NotAction && !NotResource && !texts(Action).some(isWild) && !texts(Resource).some(isWild),
      ),
  },
  {
    name: "Scan",
    info: "A Scan reads the whole table: use a Query, or add an index.",
    holds: (node) =>
      statementsOf(node).every(
        ({ Action }) => !texts(Action).some((action) => /:(Scan|PartiQL)/.test(action)),
      ),
  },
  {
    name: "OwnRole",
    info: "Functions that share a role get each other's permissions: give each function its own role.",
    holds: (node) => !(node instanceof CfnFunction) || sharing(node).length === 1,
  },
  {
    name: "AlarmText",
    info: "An alarm says what it means for users and where to read what to do.",
    holds: (node) =>
      !(node instanceof CfnAlarm) ||
      /^\S.{10,}\. Runbook: infra\/runbook\.md#[\w-]+$/.test(node.alarmDescription ?? ""),
  },
];

interface Statement {
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
}

/** The statements of a role or policy, with intrinsic functions as they will stand in the template. */
function statementsOf(node: CfnResource): readonly Statement[] {
  if (node instanceof CfnPolicy) return node.stack.resolve(node.policyDocument).Statement;
  if (!(node instanceof CfnRole)) return [];
  const policies: { policyDocument: { Statement: Statement[] } }[] = node.stack.resolve(node.policies) ?? [];
  return policies.flatMap(({ policyDocument }) => policyDocument.Statement);
}

/** Every string in a value: of a joined ARN, its literal parts. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

const isWild = (text: string) =>
  text.includes("*") && ![...bucketPrefixes, setAsidePrefix].some((prefix) => text === `/${prefix}/*`);

interface Replica {
  readonly pointInTimeRecoverySpecification?: { readonly pointInTimeRecoveryEnabled?: boolean };
}

const replicasOf = (node: CfnGlobalTable): readonly Replica[] => node.stack.resolve(node.replicas);

/** The resource that a token refers to. */
function target(token: unknown): unknown {
  const reference = Tokenization.reverse(token);
  return Reference.isReference(reference) ? reference.target : undefined;
}

function takesDeadLetters(queue: CfnQueue): boolean {
  return queue.node.root.node
    .findAll()
    .some((node) => node instanceof CfnQueue && target(node.redrivePolicy?.deadLetterTargetArn) === queue);
}

/** The mappings that read the same stream or queue as one of them; only a stream has a position to start at. */
const readersBeside = ({ node, startingPosition, eventSourceArn }: CfnEventSourceMapping) =>
  node.root.node
    .findAll()
    .filter(
      (other) =>
        startingPosition !== undefined &&
        other instanceof CfnEventSourceMapping &&
        target(other.eventSourceArn) === target(eventSourceArn),
    );

const sharing = (node: CfnFunction) =>
  node.node.root.node
    .findAll()
    .filter((other) => other instanceof CfnFunction && target(other.role) === target(node.role));
